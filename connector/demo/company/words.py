"""What the company sells and says, and how its contacts are called."""

from __future__ import annotations

NAME = "Lumen & Oak"
"""Makers of desks and lamps for offices, with a shop, a newsletter and people who sell."""
SITE = "https://lumen-and-oak.example"

FIRST_NAMES = (
    "Anna", "Ben", "Camille", "Clara", "David", "Elena", "Emma", "Eva", "Felix", "Fatima",
    "Hugo", "Ida", "Ines", "Jan", "Jonas", "Julia", "Karim", "Lara", "Lea", "Leo", "Lucas",
    "Lina", "Louis", "Maja", "Manon", "Marc", "Maria", "Mats", "Max", "Mia", "Nadia", "Nina",
    "Noah", "Nora", "Olivia", "Oscar", "Paul", "Pia", "Rania", "Rosa", "Samir", "Sara", "Simon",
    "Sofia", "Theo", "Tom", "Valerie", "Victor", "Yara", "Zoe",
)  # fmt: skip
LAST_NAMES = (
    "Albrecht", "Andersen", "Arnaud", "Bauer", "Becker", "Benali", "Bernard", "Bianchi",
    "Brandt", "Carlsen", "Chevalier", "Conti", "Costa", "Dahl", "Dubois", "Durand", "Eriksen",
    "Fabre", "Ferrari", "Fischer", "Fontaine", "Garnier", "Girard", "Greco", "Haas", "Haddad",
    "Hansen", "Herzog", "Hoffmann", "Jansen", "Keller", "Khelifi", "Klein", "Kovacs", "Lambert",
    "Lang", "Larsen", "Lefevre", "Lindner", "Lombardi", "Marchand", "Martin", "Meier",
    "Meunier", "Moreau", "Moretti", "Muller", "Nowak", "Olsen", "Perrin", "Petit", "Ricci",
    "Richter", "Robert", "Romano", "Rossi", "Roth", "Roussel", "Sanchez", "Schmitt",
    "Schneider", "Schubert", "Silva", "Simon", "Sommer", "Toussaint", "Vasseur", "Vidal",
    "Vogel", "Voss", "Wagner", "Weber", "Winter", "Zimmermann",
)  # fmt: skip
FIRMS = (
    "Atelier Nord", "Bergmann Legal", "Bleu Studio", "Canal Software", "Cedar Clinics",
    "Delta Logistics", "Elbe Engineering", "Ferme Verte", "Gare Hotels", "Harbour Media",
    "Ilex Insurance", "Juno Schools", "Kastanie Bank", "Lac Consulting", "Mistral Energy",
    "Nova Dental", "Oliv Foods", "Pont Architects", "Quartz Robotics", "Rhone Pharma",
    "Salz Theatre", "Tilia Housing", "Ufer Press", "Vega Travel", "Wald Furniture",
    "Zinc Recruiting",
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
SUBJECTS = (
    "New year, new light",
    "Desks that stand up",
    "Spring catalogue",
    "Five quiet rooms",
    "Before the summer",
    "Lamps for late evenings",
    "What we learned from 40 offices",
    "Back to the office",
    "Autumn catalogue",
    "A sample for your desk",
    "Black week",
    "Closed for the holidays",
)
"""Of the newsletter, by month."""
