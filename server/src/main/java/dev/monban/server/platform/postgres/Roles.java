package dev.monban.server.platform.postgres;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The roles of the embedded cluster. Its superuser makes the others and takes backups; {@link
 * #OWNER} owns the tables and migrates them; {@link #GATE} works, and may not change what is
 * append-only. A cluster of release 0.1.0 knows the superuser alone, who owns everything there: it
 * is handed over once.
 */
final class Roles {

    static final String SUPERUSER = "monban";
    static final String OWNER = "monban_owner";
    static final String GATE = "monban_gate";

    /** Whatever the superuser made in schemas that are not PostgreSQL's own. */
    private static final String HAND_OVER =
            """
            do $$
            declare
                statement text;
            begin
                for statement in
                    select format('alter schema %I owner to monban_owner', nspname)
                      from pg_namespace
                     where nspowner = 'monban'::regrole and nspname !~ '^pg_'
                       and nspname <> 'information_schema'
                    union all
                    select format('alter %s %I.%I owner to monban_owner',
                                  case c.relkind when 'S' then 'sequence' when 'v' then 'view'
                                                 else 'table' end, n.nspname, c.relname)
                      from pg_class c join pg_namespace n on n.oid = c.relnamespace
                     where c.relowner = 'monban'::regrole and c.relkind in ('r', 'p', 'v', 'S')
                       and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
                       and not exists (select from pg_depend d
                                        where d.classid = 'pg_class'::regclass and d.objid = c.oid
                                          and d.deptype in ('a', 'i') and c.relkind = 'S')
                    union all
                    select format('alter routine %s owner to monban_owner', p.oid::regprocedure)
                      from pg_proc p join pg_namespace n on n.oid = p.pronamespace
                     where p.proowner = 'monban'::regrole and n.nspname !~ '^pg_'
                       and n.nspname <> 'information_schema'
                loop
                    execute statement;
                end loop;
            end
            $$
            """;

    private Roles() {}

    /**
     * Makes the roles that are missing, and hands over what the superuser owns.
     *
     * @param url of the superuser
     */
    static void prepare(String url, Passwords passwords) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            make(statement, OWNER, passwords.owner());
            make(statement, GATE, passwords.gate());
            statement.execute("grant create on database postgres to " + OWNER);
            statement.execute(HAND_OVER);
            connection.commit();
        }
    }

    /** What the two roles connect with; made by this program, of letters and digits alone. */
    record Passwords(String owner, String gate) {}

    private static void make(Statement statement, String role, String password)
            throws SQLException {
        boolean there;
        try (ResultSet rows =
                statement.executeQuery("select from pg_roles where rolname = '" + role + "'")) {
            there = rows.next();
        }
        // A role takes no parameters; the password is a token of our own.
        statement.execute(
                (there ? "alter" : "create")
                        + " role "
                        + role
                        + " login nosuperuser nocreatedb nocreaterole password '"
                        + password
                        + "'");
    }
}
