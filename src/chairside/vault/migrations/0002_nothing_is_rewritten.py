"""Triggers that refuse UPDATE and DELETE on what is only ever added to, in both databases."""

from typing import Any, ClassVar

from django.db import migrations

TABLES = (
    "vault_sessionevent",
    "vault_auditline",
    "vault_librarybytes",
    "vault_libraryrelease",
    "vault_devicemessage",
    "vault_keptforinspection",
    "vault_outboxitem",
    "vault_outboxdone",
)
SENTENCE = "rows of the vault are added, never changed"


def forbid(apps: Any, editor: Any) -> None:
    """Adds the triggers of this database's kind."""
    if editor.connection.vendor == "postgresql":
        editor.execute(
            "CREATE FUNCTION vault_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{SENTENCE}'; END $$"
        )
        for table in TABLES:
            editor.execute(
                f"CREATE TRIGGER {table}_refuse BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION vault_refuse()"
            )
        return
    for table in TABLES:
        for verb in ("UPDATE", "DELETE"):
            editor.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
            )


def allow(apps: Any, editor: Any) -> None:
    """Takes the triggers away again."""
    if editor.connection.vendor == "postgresql":
        for table in TABLES:
            editor.execute(f"DROP TRIGGER {table}_refuse ON {table}")
        editor.execute("DROP FUNCTION vault_refuse()")
        return
    for table in TABLES:
        for verb in ("update", "delete"):
            editor.execute(f"DROP TRIGGER {table}_no_{verb}")


class Migration(migrations.Migration):
    """Holds the vault's first law in the database itself."""

    dependencies: ClassVar = [("vault", "0001_the_vault")]
    operations: ClassVar = [migrations.RunPython(forbid, allow)]
