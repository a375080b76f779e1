"""What the company sells and says, and how its contacts are called."""

from __future__ import annotations

NAME = "Atelier Lumen"
"""Makers of desks and lamps for offices, with a shop, a newsletter and people who sell."""
PLACE = "Lyon"
SITE = "https://atelier-lumen.example"

FIRST_NAMES = (
    "Adèle", "Agathe", "Alba", "Amine", "Anaïs", "Anna", "Antoine", "Aurélie", "Baptiste", "Ben",
    "Björn", "Camille", "Carla", "Chloé", "Clara", "Clément", "David", "Djamila", "Elena", "Élise",
    "Emma", "Eva", "Fatima", "Félix", "Florian", "Giulia", "Greta", "Guillaume", "Hugo", "Ida",
    "Inès", "Jakub", "Jan", "Jonas", "Julie", "Karim", "Katarzyna", "Lara", "Léa", "Leïla",
    "Léo", "Lina", "Louis", "Luca", "Lucas", "Manon", "Marc", "María", "Mathilde", "Mats",
    "Mehdi", "Mia", "Nadia", "Nina", "Noah", "Noémie", "Nora", "Océane", "Olivier", "Oscar",
    "Paul", "Pia", "Rania", "Rosa", "Samir", "Sara", "Simon", "Sofia", "Søren", "Théo", "Tom",
    "Valérie", "Victor", "Yann", "Yara", "Zoé",
)  # fmt: skip
LAST_NAMES = (
    "Albrecht", "Andersen", "Arnaud", "Bauer", "Becker", "Benali", "Bernard", "Berthier",
    "Bianchi", "Blanchard", "Brandt", "Carlsen", "Chevalier", "Conti", "Costa", "Dahl", "Diallo",
    "Dubois", "Durand", "Eriksen", "Fabre", "Fernández", "Ferrari", "Fischer", "Fontaine",
    "Gaillard", "García", "Garnier", "Girard", "Greco", "Haas", "Haddad", "Hansen", "Hoffmann",
    "Jansen", "Keller", "Khelifi", "Klein", "Kovács", "Lambert", "Larsen", "Le Goff", "Lefèvre",
    "Lemaire", "Lindner", "Lombardi", "Marchand", "Martin", "Meier", "Mercier", "Meunier",
    "Moreau", "Moretti", "Müller", "Nguyen", "Nowak", "Olsen", "Perrin", "Petit", "Pires",
    "Renard", "Ricci", "Richter", "Robert", "Romano", "Rossi", "Roussel", "Sánchez", "Schmitt",
    "Schneider", "Silva", "Sommer", "Toussaint", "Vasseur", "Vidal", "Vogel", "Weber", "Wójcik",
)  # fmt: skip
FIRMS = (
    "Abeille Assurances", "Alpina Hôtels", "Ardoise Conseil", "Arpège Musique", "Atelier Nord",
    "Banque des Dômes", "Bergmann Legal", "Bleu Studio", "Boréal Énergie", "Cabinet Lafont",
    "Canal Software", "Carré Vert", "Cèdre Cliniques", "Clairval Santé", "Confluence Médias",
    "Delta Logistics", "Dolce Pastificio", "Elbe Engineering", "Étoile Transports", "Fabrika",
    "Ferme du Vercors", "Fjord Design", "Galerie Perrache", "Gare & Co", "Gironde Habitat",
    "Harbour Media", "Hexa Robotique", "Horizon Formation", "Ilex Insurance", "Imprimerie Rolland",
    "Isère Numérique", "Juno Schools", "Kastanie Bank", "Kairos Avocats", "Lac Consulting",
    "Librairie Voltaire", "Linea Architetti", "Lisière Paysages", "Loire Notaires", "Lumicare",
    "Maison Roux", "Marée Haute", "Mistral Énergie", "Mosaïque RH", "Mutuelle du Rhône",
    "Nordlys", "Notos Shipping", "Nova Dental", "Oliv Foods", "Opale Cosmétiques", "Orbital Lab",
    "Papeterie Bellecour", "Pixel & Plume", "Pont Architectes", "Quai Ouest", "Quartz Robotics",
    "Radio Pilat", "Rhône Pharma", "Rivage Immobilier", "Salz Theater", "Sapin Bleu", "Sève Bio",
    "Sierra Textil", "Soleil Mobilités", "Studio Croix-Rousse", "Tandem Coopérative",
    "Tilia Housing", "Tramway Éditions", "Trigone Ingénierie", "Ufer Press", "Vallis Vins",
    "Vega Travel", "Verdon Tech", "Villa Medici Eventi", "Wald Furniture", "Zinc Recruiting",
)  # fmt: skip
JOBS = {
    "Head of Facilities": 6,
    "Office Manager": 18,
    "CEO": 5,
    "Head of People": 7,
    "Architect": 9,
    "Buyer": 12,
    "Assistant": 20,
    "Student": 8,
    "": 15,
}
"""How many of a hundred contacts do what; some never said."""

PRODUCTS = {
    "Oak Desk 160": 749.0,
    "Standing Desk Rise": 1190.0,
    "Lamp Luma": 189.0,
    "Lamp Luma Mini": 99.0,
    "Acoustic Panel": 259.0,
    "Chair Alder": 429.0,
    "Meeting Table Nine": 2340.0,
}
"""With their prices in euro."""
PAGES = {
    "/": 20,
    "/blog/light-at-work": 14,
    "/blog/quiet-rooms": 10,
    "/products/desks": 16,
    "/products/lamps": 14,
    "/references": 8,
    "/pricing": 12,
    "/delivery": 6,
}
"""How often each page is looked at, beside the others."""
FORMS = {"Ask for samples": 5, "Ask for an offer": 3, "Book a showroom visit": 2}
"""How often each form is sent, beside the others."""
MEETINGS = ("Showroom visit", "Planning of a floor", "Call about an offer")
NEWSLETTERS = (
    "January: new year, new light",
    "February: desks that stand up",
    "March: the spring catalogue",
    "April: five quiet rooms",
    "May: offices outdoors",
    "June: before the summer",
    "July: what we learned from 40 offices",
    "August: back to the office",
    "September: the autumn catalogue",
    "October: a sample for your desk",
    "November: lamps for early evenings",
    "December: the workshop by candlelight",
)
"""Subjects of the newsletter, by month."""
WELCOME = "Welcome to Atelier Lumen"
"""The subject of the mail that greets who is new."""
SUBJECTS = (*NEWSLETTERS, WELCOME)
