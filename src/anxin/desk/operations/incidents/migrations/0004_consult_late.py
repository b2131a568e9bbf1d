"""When others were called because nobody had answered a question."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the moment to consultations."""

    dependencies = [("incidents", "0003_contacts")]

    operations = [
        migrations.AddField(model_name="consult", name="late_at", field=models.DateTimeField(null=True)),
    ]
