"""The control stream's table; the gateway may have made it before."""

from django.db import migrations, models

_TABLE = """
CREATE TABLE IF NOT EXISTS control_stream (
    seq bigint PRIMARY KEY, organisation text NOT NULL, at bigint NOT NULL, kind text NOT NULL, body text NOT NULL
)
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = ()
    operations = (
        migrations.RunSQL(
            _TABLE,
            "DROP TABLE control_stream",
            state_operations=(
                migrations.CreateModel(
                    name="ControlOrder",
                    fields=(
                        ("seq", models.BigIntegerField(primary_key=True, serialize=False)),
                        ("organisation", models.TextField()),
                        ("at", models.BigIntegerField()),
                        ("kind", models.TextField()),
                        ("body", models.TextField()),
                    ),
                    options={"db_table": "control_stream"},
                ),
            ),
        ),
    )
