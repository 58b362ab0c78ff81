package dev.monban.server.member.store;

import dev.monban.server.platform.Language;
import dev.monban.server.platform.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The table {@code member.invitation}. */
public final class InvitationStore {

    private static final String PUT =
            """
            insert into member.invitation (invitation_id, tenant_id, identifier, name, language,
                                           roles, code, invited_by, invited_at, expires_at)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            on conflict (tenant_id, identifier) where ended_at is null do update
               set name = excluded.name, language = excluded.language, roles = excluded.roles,
                   code = excluded.code, invited_by = excluded.invited_by,
                   invited_at = excluded.invited_at, expires_at = excluded.expires_at
            """;

    private static final String OPEN_OF_TENANT =
            """
            select invitation_id, tenant_id, identifier, name, language, roles, code, invited_by,
                   invited_at, expires_at
              from member.invitation where tenant_id = ? and ended_at is null
             order by invited_at desc limit ?
            """;

    private static final String OPEN_OF_IDENTIFIER =
            """
            select invitation_id, tenant_id, identifier, name, language, roles, code, invited_by,
                   invited_at, expires_at
              from member.invitation where identifier = ? and ended_at is null and expires_at > ?
             order by invited_at desc limit 20
            """;

    private static final String OPEN =
            """
            select invitation_id, tenant_id, identifier, name, language, roles, code, invited_by,
                   invited_at, expires_at
              from member.invitation
             where invitation_id = ? and tenant_id = ? and ended_at is null
            """;

    private static final String END =
            """
            update member.invitation set ended_at = ?, ended_because = ?
             where invitation_id = ? and ended_at is null
            """;

    private InvitationStore() {}

    /** One that is open. */
    public record Row(
            UUID id,
            UUID tenant,
            String identifier,
            String name,
            Language language,
            List<String> roles,
            byte[] code,
            UUID invitedBy,
            Instant invitedAt,
            Instant expiresAt) {}

    /** Makes it, or puts it in the place of the one that is open for the same person. */
    public static void put(Connection connection, Row row) throws SQLException {
        Sql.update(
                connection,
                PUT,
                row.id(),
                row.tenant(),
                row.identifier(),
                row.name(),
                row.language().tag(),
                row.roles(),
                row.code(),
                row.invitedBy(),
                row.invitedAt(),
                row.expiresAt());
    }

    /** Those that an organisation has open, the latest first, lapsed ones too. */
    public static List<Row> ofTenant(Connection connection, UUID tenant, int most)
            throws SQLException {
        return Sql.many(connection, OPEN_OF_TENANT, InvitationStore::read, tenant, most);
    }

    /** Those by which this person may come now. */
    public static List<Row> ofIdentifier(Connection connection, String identifier, Instant now)
            throws SQLException {
        return Sql.many(connection, OPEN_OF_IDENTIFIER, InvitationStore::read, identifier, now);
    }

    /** The organisation's one of this id. */
    public static Optional<Row> open(Connection connection, UUID tenant, UUID id)
            throws SQLException {
        return Sql.one(connection, OPEN, InvitationStore::read, id, tenant);
    }

    /** Ends it; false where it has ended. */
    public static boolean end(Connection connection, UUID id, String because, Instant now)
            throws SQLException {
        return Sql.update(connection, END, now, because, id) == 1;
    }

    private static Row read(Sql.Row row) throws SQLException {
        return new Row(
                row.id("invitation_id"),
                row.id("tenant_id"),
                row.text("identifier"),
                row.text("name"),
                Language.ofTag(row.text("language")).orElse(Language.JA),
                row.texts("roles"),
                row.bytes("code"),
                row.id("invited_by"),
                row.time("invited_at"),
                row.time("expires_at"));
    }
}
