from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("outbox", "0002_place"),
    ]

    operations = [
        migrations.CreateModel(
            name="LaidAside",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reader", models.CharField(max_length=32)),
                ("organisation_id", models.CharField(max_length=40)),
                ("seq", models.BigIntegerField()),
                ("object_id", models.CharField(blank=True, max_length=128)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("reader", "organisation_id", "seq"), name="fact_is_laid_aside_once")
                ],
            },
        ),
    ]
