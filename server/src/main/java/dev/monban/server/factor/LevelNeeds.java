package dev.monban.server.factor;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.monban.core.factor.AssuranceLevel;
import dev.monban.core.factor.LevelNeed;
import dev.monban.core.factor.Requirement;
import dev.monban.core.factor.Standing;
import dev.monban.server.account.Account;
import dev.monban.server.platform.Database;
import dev.monban.server.session.Session;
import dev.monban.server.session.Sessions;
import dev.monban.server.tenant.Tenants;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** What organisations still want of their people: gathers what is known, and asks. */
public final class LevelNeeds {

    private static final int REMEMBERED = 10_000;

    /** What one node is told, the others know within this time. */
    private static final Duration STALE_AFTER = Duration.ofSeconds(1);

    private final Database database;
    private final Tenants tenants;
    private final Sessions sessions;
    private final InstantSource clock;
    private final LoadingCache<UUID, List<Requirement>> recent;

    public LevelNeeds(Database database, Tenants tenants, Sessions sessions, InstantSource clock) {
        this.database = database;
        this.tenants = tenants;
        this.sessions = sessions;
        this.clock = clock;
        this.recent =
                Caffeine.newBuilder()
                        .maximumSize(REMEMBERED)
                        .expireAfterWrite(STALE_AFTER)
                        .build(tenant -> database.query(c -> tenants.requirements(c, tenant)));
    }

    /** What is wanted of somebody who is signed in. */
    public LevelNeed of(Account account, Session session) {
        return of(account, session.level(), session.onTrustedDevice());
    }

    /** Whether this person lacks a factor that the organisation wants, or will want. */
    public boolean lacks(Account account) {
        LevelNeed need = of(account, AssuranceLevel.AAL1, false);
        return need instanceof LevelNeed.Enrol || need instanceof LevelNeed.Announced;
    }

    /**
     * Whether a sign-in that was made earlier is still enough for what the organisation wants now.
     * Asked at each refresh: what organisations want is as it was at most a second ago.
     */
    public boolean isEnough(Account account, AssuranceLevel level, UUID session) {
        List<Requirement> requirements = recent.get(account.tenant());
        if (requirements.isEmpty() || level == AssuranceLevel.PHISHING_RESISTANT) {
            return true;
        }
        Standing standing =
                database.query(c ->
                        new Standing(
                                level,
                                sessions.wasOnTrustedDevice(c, session),
                                AssuranceLevel.PHISHING_RESISTANT,
                                Set.copyOf(tenants.roles(c, account.id(), account.tenant()))));
        return LevelNeed.of(requirements, standing, clock.instant()).letsIn();
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
