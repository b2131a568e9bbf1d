"""The projection's tables; on SQLite those read in ranges of their key are clustered by it."""

from django.db import migrations, models


class CreateClustered(migrations.CreateModel):
    """Create a table whose rows lie in the order of their key, and only there: one B-tree instead of two.

    In SQLite that is `integer primary key` for one column and `without rowid` for several. PostgreSQL has no clustered
    tables: there it is an ordinary one.
    """

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        model = to_state.apps.get_model(app_label, self.name)
        if schema_editor.connection.vendor != "sqlite" or not self.allow_migrate_model(
            schema_editor.connection.alias, model
        ):
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        sql, params = schema_editor.table_sql(model)
        single = "bigint NOT NULL PRIMARY KEY"
        sql = sql.replace(single, "integer NOT NULL PRIMARY KEY") if single in sql else f"{sql} WITHOUT ROWID"
        schema_editor.execute(sql, params or None)
        schema_editor.deferred_sql.extend(schema_editor._model_indexes_sql(model))


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        CreateClustered(
            name="ArrivalHour",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "projection_id", "hour", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("projection_id", models.BigIntegerField()),
                ("hour", models.IntegerField()),
                ("first_id", models.BigIntegerField()),
            ],
        ),
        CreateClustered(
            name="DecisionEntity",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "entity_id",
                        "occurred_at",
                        "decision_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("entity_id", models.BigIntegerField()),
                ("occurred_at", models.BigIntegerField()),
                ("decision_id", models.BigIntegerField()),
                ("role", models.SmallIntegerField()),
                ("strand", models.SmallIntegerField()),
                ("verdict", models.SmallIntegerField()),
                ("origin", models.IntegerField()),
            ],
        ),
        CreateClustered(
            name="DecisionLabel",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("decision_id", models.BigIntegerField(db_index=True, null=True)),
                ("event_id", models.TextField(blank=True)),
                ("label", models.TextField()),
                ("source", models.TextField(blank=True)),
                ("is_fraud", models.BooleanField(null=True)),
                ("at", models.BigIntegerField()),
            ],
        ),
        CreateClustered(
            name="DecisionRule",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "projection_id",
                        "rule",
                        "decision_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("projection_id", models.BigIntegerField()),
                ("rule", models.TextField()),
                ("decision_id", models.BigIntegerField()),
            ],
        ),
        CreateClustered(
            name="LogNote",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("projection_id", models.BigIntegerField(db_index=True)),
                ("kind", models.TextField()),
                ("at", models.BigIntegerField()),
                ("code", models.TextField()),
                ("detail", models.TextField(blank=True)),
            ],
        ),
        CreateClustered(
            name="Origin",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("projection_id", models.BigIntegerField(db_index=True)),
                ("platform", models.TextField(blank=True)),
                ("business_line", models.TextField(blank=True)),
                ("region", models.TextField(blank=True)),
                ("legal_region", models.TextField(blank=True)),
            ],
        ),
        CreateClustered(
            name="PublishedPolicy",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("projection_id", models.BigIntegerField(db_index=True)),
                ("label", models.TextField()),
                ("role", models.TextField()),
                ("share_permille", models.IntegerField(default=0)),
                ("at", models.BigIntegerField()),
                ("files", models.BinaryField()),
            ],
        ),
        CreateClustered(
            name="RiskPoint",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "entity_id", "seq", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("entity_id", models.BigIntegerField()),
                ("seq", models.BigIntegerField()),
                ("at", models.BigIntegerField()),
                ("level", models.SmallIntegerField()),
                ("score", models.FloatField()),
                ("reasons", models.TextField(blank=True)),
            ],
        ),
        CreateClustered(
            name="SealedRecord",
            fields=[
                ("decision_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("sealed", models.BinaryField()),
            ],
        ),
        CreateClustered(
            name="SearchTerm",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "term", "decision_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("term", models.BigIntegerField()),
                ("decision_id", models.BigIntegerField()),
            ],
        ),
        CreateClustered(
            name="Decision",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("event_id", models.TextField()),
                ("event_hash", models.BigIntegerField()),
                ("event_type", models.TextField()),
                ("occurred_at", models.BigIntegerField()),
                ("received_at", models.BigIntegerField()),
                ("verdict", models.SmallIntegerField()),
                ("score", models.FloatField()),
                ("origin", models.IntegerField()),
                ("terminal", models.TextField(blank=True)),
                ("policy", models.TextField()),
                ("model", models.TextField(blank=True)),
                ("control_seq", models.BigIntegerField()),
                ("amount_minor", models.BigIntegerField(null=True)),
                ("currency", models.TextField(blank=True)),
                ("rules", models.TextField(blank=True)),
                ("flags", models.TextField(blank=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["event_hash"], name="decision_by_event"),
                    models.Index(fields=["verdict", "id"], name="decision_by_verdict"),
                    models.Index(fields=["event_type", "id"], name="decision_by_type"),
                ],
            },
        ),
        CreateClustered(
            name="Entity",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("projection_id", models.BigIntegerField()),
                ("kind", models.CharField(max_length=64)),
                ("key", models.CharField(max_length=200)),
                ("first_at", models.BigIntegerField()),
                ("last_at", models.BigIntegerField()),
                ("last_seq", models.BigIntegerField()),
                ("events", models.BigIntegerField()),
                ("challenged", models.IntegerField()),
                ("reviewed", models.IntegerField()),
                ("held", models.IntegerField()),
                ("frozen", models.IntegerField()),
                ("blocked", models.IntegerField()),
                ("frauds", models.IntegerField()),
                ("clearances", models.IntegerField()),
                ("disputes", models.IntegerField()),
                ("reports", models.IntegerField()),
                ("links", models.IntegerField()),
                ("unlinked", models.IntegerField()),
                ("money", models.TextField(blank=True)),
                ("risk_level", models.SmallIntegerField()),
                ("risk_score", models.FloatField()),
                ("risk_at", models.BigIntegerField()),
                ("risk_reasons", models.TextField(blank=True)),
                ("platform", models.TextField(blank=True)),
                ("terminal", models.TextField(blank=True)),
                ("place", models.TextField(blank=True)),
                ("origins", models.TextField(blank=True)),
                ("display_sealed", models.BinaryField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("projection_id", "key", "kind"), name="entity_is_unique")
                ],
            },
        ),
        CreateClustered(
            name="EntityLink",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "entity_id", "other_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("entity_id", models.BigIntegerField()),
                ("other_id", models.BigIntegerField()),
                ("count", models.IntegerField()),
                ("first_at", models.BigIntegerField()),
                ("last_at", models.BigIntegerField()),
            ],
            options={
                "indexes": [models.Index(fields=["other_id", "entity_id"], name="link_from_other_end")],
            },
        ),
        CreateClustered(
            name="EntityOrder",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("projection_id", models.BigIntegerField()),
                ("entity_kind", models.TextField(blank=True)),
                ("key", models.TextField()),
                ("list_name", models.TextField(blank=True)),
                ("entry_kind", models.TextField(blank=True)),
                ("colour", models.TextField(blank=True)),
                ("measure", models.TextField(blank=True)),
                ("verdict", models.SmallIntegerField(null=True)),
                ("at", models.BigIntegerField()),
                ("control_seq", models.BigIntegerField()),
                ("until_at", models.BigIntegerField(null=True)),
                ("ended_seq", models.BigIntegerField(null=True)),
                ("refusal", models.TextField(blank=True)),
                ("sealed", models.BinaryField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["projection_id", "key"], name="order_by_key"),
                    models.Index(fields=["projection_id", "list_name", "id"], name="order_by_list"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Projection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organisation_id", models.CharField(max_length=40)),
                ("is_current", models.BooleanField()),
                ("position", models.BigIntegerField(default=0)),
                ("tip", models.BinaryField(default=b"")),
                ("missing_until", models.BigIntegerField(default=0)),
                ("fault", models.CharField(blank=True, max_length=64)),
                ("fault_at", models.BigIntegerField(null=True)),
                ("epoch", models.IntegerField(default=0)),
                ("clearing_until", models.BigIntegerField(default=0)),
                ("cleared_entity", models.BigIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_current", True)),
                        fields=("organisation_id",),
                        name="one_current_projection",
                    )
                ],
            },
        ),
    ]
