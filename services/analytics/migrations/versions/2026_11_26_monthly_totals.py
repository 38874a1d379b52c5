"""Totals are a row a person and month; a view shows them day by day, as they were before."""

from alembic import op

revision = "2026_11_26_monthly_totals"
down_revision = "2026_11_26_covering_days"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE analytics.monthly_totals (
            owner_id uuid NOT NULL,
            month date NOT NULL,
            due_counts smallint[] NOT NULL,
            met_counts smallint[] NOT NULL,
            check_in_counts smallint[] NOT NULL,
            PRIMARY KEY (owner_id, month)
        ) WITH (fillfactor = 80)""")
    op.execute("""
        INSERT INTO analytics.monthly_totals
        SELECT m.owner_id, m.month,
            array_agg(coalesce(t.due_count, 0)::smallint ORDER BY n),
            array_agg(coalesce(t.met_count, 0)::smallint ORDER BY n),
            array_agg(coalesce(t.check_in_count, 0)::smallint ORDER BY n)
        FROM (SELECT DISTINCT owner_id, date_trunc('month', day)::date AS month
            FROM analytics.daily_totals) AS m
        CROSS JOIN generate_series(1, 31) AS n
        LEFT JOIN analytics.daily_totals AS t ON t.owner_id = m.owner_id
            AND t.day = m.month + n - 1 AND date_trunc('month', t.day)::date = m.month
        GROUP BY m.owner_id, m.month""")
    op.execute("DROP TABLE analytics.daily_totals")
    op.execute("""
        CREATE VIEW analytics.daily_totals AS
        SELECT m.owner_id, m.month + d.number::integer - 1 AS day, d.due_count::integer,
            d.met_count::integer, d.check_in_count::integer
        FROM analytics.monthly_totals AS m
        CROSS JOIN unnest(m.due_counts, m.met_counts, m.check_in_counts)
            WITH ORDINALITY AS d (due_count, met_count, check_in_count, number)
        WHERE d.due_count > 0 OR d.met_count > 0 OR d.check_in_count > 0""")
