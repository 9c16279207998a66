"""Hold coalitions in the order of names, and what the register is narrowed by in its indexes"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

WIDE = ["status", "side", "kind", "family"]


def upgrade() -> None:
    with op.batch_alter_table("coalition_membership") as batch_op:
        batch_op.add_column(sa.Column("folded", sa.String(length=300), nullable=True))
    op.execute(
        "UPDATE coalition_membership SET folded = "
        "(SELECT folded FROM organisation WHERE organisation.id = coalition_membership.organisation_id)"
    )
    with op.batch_alter_table("coalition_membership") as batch_op:
        batch_op.alter_column("folded", existing_type=sa.String(length=300), nullable=False)
        batch_op.drop_index("ix_coalition_membership_coalition_id")
        batch_op.create_index(
            "ix_coalition_membership_in_order",
            ["coalition_id", "folded", "organisation_id", "until"],
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        )
    _widen(WIDE, ["status", "side", "secretariat"])


def downgrade() -> None:
    _widen([], [])
    with op.batch_alter_table("coalition_membership") as batch_op:
        batch_op.drop_index("ix_coalition_membership_in_order")
        batch_op.drop_column("folded")
        batch_op.create_index("ix_coalition_membership_coalition_id", ["coalition_id"])


def _widen(wide: list[str], counted: list[str]) -> None:
    op.drop_index("ix_organisation_bloc_id", "organisation")
    op.drop_index("ix_organisation_in_order", "organisation")
    op.drop_index("ix_organisation_there", "organisation")
    op.create_index("ix_organisation_in_order", "organisation", ["folded", "id", *wide])
    op.create_index("ix_organisation_there", "organisation", ["country", "folded", "id", *wide])
    op.create_index("ix_organisation_bloc_id", "organisation", ["bloc_id", *counted])
