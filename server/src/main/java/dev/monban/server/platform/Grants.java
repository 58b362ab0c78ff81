package dev.monban.server.platform;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.logging.Logger;

/**
 * What the working role may do with the tables of the owner: read and write, and of what is
 * append-only, add alone. Given after each migration, so that a new table is not forgotten.
 */
final class Grants {

    /** Rows are added and never changed; the owner deletes what is older than the retention. */
    static final List<String> APPEND_ONLY =
            List.of(
                    "watch.attempt",
                    "watch.act",
                    "watch.remark",
                    "audit.event",
                    "desk.step",
                    "declare.applied_state");

    private static final Logger LOG = Logger.getLogger(Grants.class.getName());

    /** Where the owner alone writes: which migrations ran, and which key belongs to the data. */
    private static final String OWNERS_SCHEMA = "platform";

    private Grants() {}

    /**
     * Gives them, in one transaction of the owner.
     *
     * @param role who works
     */
    static void give(Connection owner, String role) throws SQLException {
        // Two nodes that start together do this one after the other.
        AdvisoryLock.GRANTS.take(owner);
        try (Statement statement = owner.createStatement()) {
            statement.execute(
                    // Partitions are reached through their tables; there are no rights on them.
                    String.format(
                            """
                            do $$
                            declare
                                work text := '%s';
                                one record;
                            begin
                                for one in
                                    select nspname from pg_namespace
                                     where nspowner = (select oid from pg_roles where rolname = current_user)
                                       and nspname !~ '^pg_' and nspname not in ('information_schema', 'public')
                                loop
                                    execute format('grant usage on schema %%I to %%I', one.nspname, work);
                                    if one.nspname <> '%s' then
                                        execute format('grant usage on all sequences in schema %%I to %%I',
                                                       one.nspname, work);
                                    end if;
                                end loop;
                                for one in
                                    select n.nspname, c.relname, n.nspname || '.' || c.relname as name
                                      from pg_class c join pg_namespace n on n.oid = c.relnamespace
                                     where c.relkind in ('r', 'p') and not c.relispartition
                                       and n.nspowner = (select oid from pg_roles where rolname = current_user)
                                       and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'public')
                                loop
                                    execute format('revoke all on table %%I.%%I from %%I',
                                                   one.nspname, one.relname, work);
                                    execute format('grant %%s on table %%I.%%I to %%I',
                                                   case when one.nspname = '%s' then 'select'
                                                        when one.name = any ('{%s}') then 'select, insert'
                                                        else 'select, insert, update, delete' end,
                                                   one.nspname, one.relname, work);
                                end loop;
                            end
                            $$
                            """,
                            role.replace("'", "''"),
                            OWNERS_SCHEMA,
                            OWNERS_SCHEMA,
                            String.join(",", APPEND_ONLY)));
        }
    }

    /**
     * Says so where the working role may change the logs in spite of all: by another role's rights.
     */
    static void warn(Connection work) throws SQLException {
        try (Statement statement = work.createStatement();
                ResultSet row =
                        statement.executeQuery(
                                "select has_table_privilege('audit.event', 'update, delete,"
                                        + " truncate') as may, current_user")) {
            row.next();
            if (row.getBoolean(1)) {
                LOG.warning(
                        "the role "
                                + row.getString(2)
                                + " may change the logs and drop tables: give the role that owns"
                                + " the tables with --database-owner, and another one that works"
                                + " with --database (docs/deploy.md)");
            }
        }
    }
}
