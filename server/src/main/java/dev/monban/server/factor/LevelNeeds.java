package dev.monban.server.factor;

import dev.monban.core.factor.AssuranceLevel;
import dev.monban.core.factor.LevelNeed;
import dev.monban.core.factor.Requirement;
import dev.monban.core.factor.Standing;
import dev.monban.server.account.Account;
import dev.monban.server.platform.Database;
import dev.monban.server.session.Session;
import dev.monban.server.tenant.Tenants;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;

/** What organisations still want of their people: gathers what is known, and asks. */
public final class LevelNeeds {

    private final Database database;
    private final Tenants tenants;
    private final InstantSource clock;

    public LevelNeeds(Database database, Tenants tenants, InstantSource clock) {
        this.database = database;
        this.tenants = tenants;
        this.clock = clock;
    }

    /** What is wanted of somebody who is signed in. */
    public LevelNeed of(Account account, Session session) {
        return of(account, session.level(), session.onTrustedDevice());
    }

    /** Whether this person cannot come in without a factor that they do not have. */
    public boolean mustEnrol(Account account) {
        return of(account, AssuranceLevel.AAL1, false) instanceof LevelNeed.Enrol;
    }

    private LevelNeed of(Account account, AssuranceLevel level, boolean onTrustedDevice) {
        return database.query(connection -> of(connection, account, level, onTrustedDevice));
    }

    LevelNeed of(
            Connection connection, Account account, AssuranceLevel level, boolean onTrustedDevice)
            throws SQLException {
        List<Requirement> requirements = tenants.requirements(connection, account.tenant());
        if (requirements.isEmpty()) {
            return new LevelNeed.Met();
        }
        Set<String> roles = Set.copyOf(tenants.roles(connection, account.id(), account.tenant()));
        return LevelNeed.of(
                requirements,
                new Standing(
                        level,
                        onTrustedDevice,
                        Factors.of(connection, account.id()).reachable(),
                        roles),
                clock.instant());
    }
}
