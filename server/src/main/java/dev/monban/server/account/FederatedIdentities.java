package dev.monban.server.account;

import dev.monban.server.account.store.FederatedIdentityStore;
import dev.monban.server.audit.Event;
import dev.monban.server.audit.EventKind;
import dev.monban.server.audit.EventLog;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Who is who at the organisations' own identity providers. */
public final class FederatedIdentities {

    private final EventLog events;
    private final InstantSource clock;

    public FederatedIdentities(EventLog events, InstantSource clock) {
        this.events = events;
        this.clock = clock;
    }

    /**
     * Somebody at an organisation's identity provider (OpenID Connect Core, section 5.7).
     *
     * @param tenant the organisation: its provider knows nobody else's people
     */
    public record Identity(UUID tenant, String issuer, String subject) {}

    /** Whose it is; empty where it is not linked. */
    public Optional<UUID> account(Connection connection, Identity identity) throws SQLException {
        return FederatedIdentityStore.account(connection, identity);
    }

    /** Where an account is linked: issuers. */
    public List<String> issuers(Connection connection, UUID account) throws SQLException {
        return FederatedIdentityStore.issuers(connection, account);
    }

    /** What linking has come to. */
    public enum Linked {
        /** Now, for the first time. */
        NEW,
        /** They were already. */
        THEIRS,
        /** One of them is linked to another. */
        ANOTHERS
    }

    /** Links them, where neither is linked to another. */
    public Linked link(Connection connection, Identity identity, UUID account) throws SQLException {
        if (!FederatedIdentityStore.insert(connection, identity, account, clock.instant())) {
            return account(connection, identity).filter(account::equals).isPresent()
                    ? Linked.THEIRS
                    : Linked.ANOTHERS;
        }
        events.record(
                connection,
                Event.of(EventKind.IDENTITY_LINKED)
                        .tenant(identity.tenant())
                        .account(account)
                        .details(Map.of("issuer", identity.issuer())));
        return Linked.NEW;
    }

    /**
     * Ends what links an account, so that whoever has its address there is linked next.
     *
     * @param by who decides it
     * @return whether there was anything
     */
    public boolean unlink(Connection connection, UUID account, UUID by, String address)
            throws SQLException {
        if (FederatedIdentityStore.delete(connection, account) == 0) {
            return false;
        }
        events.record(
                connection,
                Event.of(EventKind.IDENTITY_UNLINKED)
                        .account(account)
                        .address(address)
                        .details(Map.of("by", by.toString())));
        return true;
    }
}
