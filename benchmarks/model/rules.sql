-- The twelve rules of heatsync.yaml as one query over DuckDB's own tables `events` and `contacts`:
-- the points of each rule per contact, the two dimensions, and the score before its rounding.
-- $now is the instant of scoring. Every CTE reads the events it needs once.
CREATE OR REPLACE TEMPORARY TABLE scored AS
WITH
-- Rules that one pass in any order can answer: visit, pricing, spending, cart; dormant's silence.
plain AS (
    SELECT
        contact,
        max(occurred_at) AS newest,
        sum(cooled) AS cooled_visits,
        sum(cooled) FILTER (url LIKE '%/pricing%') AS cooled_pricing,
        sum(amount) FILTER (type = 'order.placed') AS spent,
        sum(
            CASE WHEN type = 'order.placed' THEN
                least(coalesce(amount, 0) / 10, 40) * greatest(0, 1 - age / 15552e9)
            END
        ) AS spending,
        count(*) FILTER (type = 'cart.item_added' AND age < 2592e9) AS carted
    FROM (
        SELECT
            contact, occurred_at, type, url, amount,
            (epoch_us($now) - epoch_us(occurred_at))::DOUBLE AS age,
            CASE WHEN type = 'page.viewed' THEN exp(-ln(2) / 5184e9 * age) END AS cooled
        FROM events
        WHERE occurred_at <= $now
          AND is_machine IS NOT TRUE
          AND type NOT IN ('email.sent', 'email.delivered', 'email.bounced', 'cart.abandoned')
    )
    GROUP BY contact
),

-- article: the first five of a local day count.
article AS (
    SELECT contact, sum(exp(-ln(2) / 5184e9 * (epoch_us($now) - epoch_us(occurred_at)))) AS points
    FROM (
        SELECT
            contact, occurred_at,
            row_number() OVER (
                PARTITION BY contact, (occurred_at AT TIME ZONE 'Europe/Paris')::DATE
                ORDER BY occurred_at, platform, id
            ) AS place
        FROM events
        WHERE type = 'page.viewed' AND kind = 'article' AND occurred_at <= $now AND is_machine IS NOT TRUE
    )
    WHERE place <= 5
    GROUP BY contact
),

-- opened and unopened look at messages, not at single opens.
messages AS (
    SELECT contact, message_id, min(occurred_at) AS first_at, max(occurred_at) AS last_at
    FROM events
    WHERE type = 'email.opened' AND occurred_at <= $now AND is_machine IS NOT TRUE
    GROUP BY contact, message_id
),
opened AS (
    SELECT contact, sum(exp(-ln(2) / 5184e9 * (epoch_us($now) - epoch_us(first_at)))) AS points
    FROM messages
    GROUP BY contact
),
unopened AS (
    SELECT
        contact,
        -sum(exp(-ln(2) / 5184e9 * (epoch_us($now) - epoch_us(occurred_at) - 2592e8))) AS points
    FROM events AS delivered
    ANTI JOIN messages
        ON messages.contact = delivered.contact
        AND messages.message_id = delivered.message_id
        AND messages.last_at >= delivered.occurred_at
    WHERE type = 'email.delivered' AND occurred_at <= $now - INTERVAL 3 DAYS AND is_machine IS NOT TRUE
    GROUP BY contact
),

-- journey: the earliest order that ends an open, a click and an order of one campaign.
campaign_orders AS (
    SELECT contact, campaign_id, occurred_at
    FROM events
    WHERE type = 'order.placed' AND campaign_id IS NOT NULL AND occurred_at <= $now
      AND is_machine IS NOT TRUE
),
campaign_steps AS (
    SELECT contact, campaign_id, type, occurred_at
    FROM events
    SEMI JOIN campaign_orders USING (contact, campaign_id)
    WHERE type IN ('email.opened', 'email.clicked') AND occurred_at <= $now AND is_machine IS NOT TRUE
),
journey AS (
    SELECT
        orders.contact,
        30 * exp(-ln(2) / 5184e9 * (epoch_us($now) - epoch_us(min(orders.occurred_at)))) AS points
    FROM campaign_orders AS orders
    JOIN campaign_steps AS clicks
        ON clicks.contact = orders.contact AND clicks.campaign_id = orders.campaign_id
        AND clicks.type = 'email.clicked' AND clicks.occurred_at <= orders.occurred_at
    JOIN campaign_steps AS opens
        ON opens.contact = orders.contact AND opens.campaign_id = orders.campaign_id
        AND opens.type = 'email.opened' AND opens.occurred_at <= clicks.occurred_at
        AND epoch_us(orders.occurred_at) - epoch_us(opens.occurred_at) < 2592e9
    GROUP BY orders.contact
),

-- checkout: an order completes when a cart comes right before it, no order in between: an earlier
-- cart would be further away, and a cart before the last order is used up or was too early.
checkout AS (
    SELECT contact, 3 * sum(exp(-ln(2) / 5184e9 * (epoch_us($now) - epoch_us(occurred_at)))) AS points
    FROM (
        SELECT
            contact, occurred_at, type,
            lag(type) OVER steps AS type_before,
            lag(occurred_at) OVER steps AS at_before
        FROM events
        WHERE type IN ('cart.item_added', 'order.placed') AND occurred_at <= $now
          AND is_machine IS NOT TRUE
        WINDOW steps AS (PARTITION BY contact ORDER BY occurred_at, platform, id)
    )
    WHERE type = 'order.placed' AND type_before = 'cart.item_added'
      AND epoch_us(occurred_at) - epoch_us(at_before) < 2592e8
    GROUP BY contact
),

-- regular: on how many local days of the last thirty times 24 hours.
regular AS (
    SELECT contact, count(DISTINCT (occurred_at AT TIME ZONE 'Europe/Paris')::DATE) AS days
    FROM events
    WHERE type = 'page.viewed' AND occurred_at <= $now AND occurred_at > $now - INTERVAL 720 HOURS
      AND is_machine IS NOT TRUE
    GROUP BY contact
),

contributions AS (
    SELECT
        contact,
        0.5 * coalesce(plain.cooled_visits, 0) AS visit,
        5 * coalesce(plain.cooled_pricing, 0) AS pricing,
        coalesce(article.points, 0) AS article,
        coalesce(opened.points, 0) AS opened_alone,
        coalesce(unopened.points, 0) AS unopened_alone,
        coalesce(plain.spending, 0) AS spending,
        coalesce(journey.points, 0) AS journey,
        coalesce(checkout.points, 0) AS checkout,
        CASE WHEN regular.days >= 3 THEN 15 ELSE 0 END AS regular,
        CASE WHEN plain.carted >= 3 THEN 10 ELSE 0 END AS cart,
        epoch_us($now) - epoch_us(
            coalesce(plain.newest, CASE WHEN created_at <= $now THEN created_at END)
        ) AS silence,
        CASE WHEN silence > 2592e9 THEN -2 * (1 + (silence - 2592000000000) // 2592000000000)
             ELSE 0 END AS dormant,
        CASE WHEN country IN ('FR', 'BE', 'CH') AND plain.spent >= 100 THEN 30 ELSE 0 END AS buyer,
        coalesce(least(1, 30 / nullif(abs(opened_alone + unopened_alone), 0)), 1) AS factor
    FROM contacts
    LEFT JOIN plain USING (contact)
    LEFT JOIN article USING (contact)
    LEFT JOIN opened USING (contact)
    LEFT JOIN unopened USING (contact)
    LEFT JOIN journey USING (contact)
    LEFT JOIN checkout USING (contact)
    LEFT JOIN regular USING (contact)
)

SELECT
    contact, visit, pricing, article,
    factor * opened_alone AS opened, factor * unopened_alone AS unopened,
    spending, journey, checkout, regular, cart, dormant, buyer,
    greatest(-100, least(200,
        visit + pricing + article + opened + unopened + spending + journey + checkout + regular
        + cart + dormant
    )) AS engagement,
    greatest(0, least(100, buyer)) AS fit,
    greatest(-100, least(250, engagement + fit)) AS lead
FROM contributions
