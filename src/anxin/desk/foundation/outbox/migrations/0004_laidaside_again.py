from django.db import migrations, models
from django.utils import timezone


class Migration(migrations.Migration):
    dependencies = [
        ("outbox", "0003_laidaside"),
    ]

    operations = [
        migrations.AddField(
            "laidaside", "kind", models.CharField(blank=True, max_length=64, default=""), preserve_default=False
        ),
        migrations.AddField("laidaside", "at", models.DateTimeField(default=timezone.now), preserve_default=False),
        migrations.AddField(
            "laidaside", "again_at", models.DateTimeField(default=timezone.now), preserve_default=False
        ),
        migrations.AddField("laidaside", "tries", models.PositiveIntegerField(default=0)),
        # What was laid aside before failed with something that nobody wrote down.
        migrations.AddField(
            "laidaside", "fault", models.CharField(blank=True, max_length=80, default="unknown"), preserve_default=False
        ),
    ]
