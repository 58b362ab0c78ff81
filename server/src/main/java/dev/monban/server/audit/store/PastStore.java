package dev.monban.server.audit.store;

import dev.monban.server.platform.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;

/**
 * Deletes the rows that have ended and that no log needs, of whatever table: docs/retention.md says
 * for each table what ends it.
 */
public final class PastStore {

    /** Rows that one transaction deletes at most, so that none is long. */
    public static final int MAX_AT_ONCE = 10_000;

    /** A grant may outlive its session, and refers to it. */
    private static final String SESSIONS =
            """
            delete from session.session where session_id in (
                select s.session_id from session.session s
                 where s.expires_at < ?
                   and not exists (select 1 from oidc.grant g where g.session_id = s.session_id)
                 limit ?)
            """;

    private static final String CAMPAIGNS =
            """
            delete from watch.campaign where campaign_id in (
                select campaign_id from watch.campaign
                 where last_at < ? and ended_at is not null limit ?)
            """;

    private static final String ACTS =
            """
            delete from watch.act where act_id in (
                select act_id from watch.act where at < ? limit ?)
            """;

    private static final String SNAPSHOTS =
            """
            delete from watch.snapshot where name in (
                select name from watch.snapshot where taken_at < ? limit ?)
            """;

    private static final String INVITATIONS =
            """
            delete from member.invitation where invitation_id in (
                select invitation_id from member.invitation where expires_at < ? limit ?)
            """;

    private static final String RECOVERIES =
            """
            delete from factor.recovery where recovery_id in (
                select recovery_id from factor.recovery where ended_at < ? limit ?)
            """;

    private static final String TRUSTED_DEVICES =
            """
            delete from factor.trusted_device where trusted_device_id in (
                select trusted_device_id from factor.trusted_device where expires_at < ? limit ?)
            """;

    private static final String SIGNING_KEYS =
            """
            delete from oidc.signing_key where key_id in (
                select key_id from oidc.signing_key where published_until < ? limit ?)
            """;

    private static final String BOUNCES =
            """
            delete from notify.bounce where address in (
                select address from notify.bounce where bounced_at < ? limit ?)
            """;

    private static final String THREADS =
            """
            delete from notify.thread where (channel, topic_id) in (
                select channel, topic_id from notify.thread where made_at < ? limit ?)
            """;

    /** What can be over. */
    public enum Kind {
        /** Sessions that can be used no more, by the time at which they end at the latest. */
        SESSIONS(PastStore.SESSIONS, false),
        /** Campaigns that have ended, by their last attempt. */
        CAMPAIGNS(PastStore.CAMPAIGNS, false),
        /** What was decided about campaigns. Its table is append-only for the working role. */
        ACTS(PastStore.ACTS, true),
        /** Memories of the watch that no node of a running release writes any more. */
        SNAPSHOTS(PastStore.SNAPSHOTS, false),
        /** Invitations that lead in no more. */
        INVITATIONS(PastStore.INVITATIONS, false),
        /** Ways back that were gone or given up. */
        RECOVERIES(PastStore.RECOVERIES, false),
        /** Devices that are trusted no more. */
        TRUSTED_DEVICES(PastStore.TRUSTED_DEVICES, false),
        /** Keys by which no token that is good can be checked. */
        SIGNING_KEYS(PastStore.SIGNING_KEYS, false),
        /** Mail addresses that could not be reached, by the last time. */
        BOUNCES(PastStore.BOUNCES, false),
        /** Threads of chat channels, by their beginning. */
        THREADS(PastStore.THREADS, false);

        private final String sql;
        private final boolean owners;

        Kind(String sql, boolean owners) {
            this.sql = sql;
            this.owners = owners;
        }

        /** Whether only the owner of the tables may delete them. */
        public boolean isOwners() {
            return owners;
        }
    }

    private PastStore() {}

    /** Deletes {@link #MAX_AT_ONCE} of them at most. */
    public static int delete(Connection connection, Kind kind, Instant before) throws SQLException {
        return Sql.update(connection, kind.sql, before, MAX_AT_ONCE);
    }
}
