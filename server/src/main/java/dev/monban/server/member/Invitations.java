package dev.monban.server.member;

import dev.monban.server.account.Account;
import dev.monban.server.account.Accounts;
import dev.monban.server.account.Identifiers;
import dev.monban.server.audit.Event;
import dev.monban.server.audit.EventKind;
import dev.monban.server.audit.EventLog;
import dev.monban.server.member.store.InvitationStore;
import dev.monban.server.notify.Mail;
import dev.monban.server.notify.Notices;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Ids;
import dev.monban.server.platform.Language;
import dev.monban.server.platform.Purpose;
import dev.monban.server.platform.Texts;
import dev.monban.server.platform.Tokens;
import dev.monban.server.platform.Vault;
import dev.monban.server.tenant.Tenant;
import dev.monban.server.tenant.Tenants;
import java.net.URI;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * People come to an organisation by a code in a mail. Whoever invites learns nothing about accounts
 * of other organisations, and whoever tries codes nothing about invitations.
 */
public final class Invitations {

    /** How long an invitation is good. */
    public static final Duration GOOD_FOR = Duration.ofDays(7);

    private static final int MOST = 200;
    private static final int CODE_CHARACTERS = 12;

    /** Without what is mistaken for something else. */
    private static final String ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz";

    private static final Purpose.OfSubject PURPOSE = Purpose.ofSubject("invitation ");

    private final String issuer;
    private final Database database;
    private final Accounts accounts;
    private final Tenants tenants;
    private final Optional<Mail> mail;
    private final Notices notices;
    private final Vault vault;
    private final Ids ids;
    private final InstantSource clock;
    private final EventLog events;

    public Invitations(
            String issuer,
            Database database,
            Accounts accounts,
            Tenants tenants,
            Optional<Mail> mail,
            Notices notices,
            Vault vault,
            Ids ids,
            InstantSource clock,
            EventLog events) {
        this.issuer = issuer;
        this.database = database;
        this.accounts = accounts;
        this.tenants = tenants;
        this.mail = mail;
        this.notices = notices;
        this.vault = vault;
        this.ids = ids;
        this.clock = clock;
        this.events = events;
    }

    /**
     * Who is asked to come, as what.
     *
     * @param identifier the mail address, in its one form
     */
    public record Guest(String identifier, String name, Language language, List<String> roles) {
        public Guest {
            roles = roles.stream().distinct().sorted().toList();
        }
    }

    /** An invitation that is open, or has lapsed. */
    public record Line(
            UUID id, Guest guest, Instant invitedAt, Instant expiresAt, boolean lapsed) {}

    /** What became of an invitation. */
    public enum Outcome {
        /** The mail is on its way. */
        SENT,
        /** The person belongs to the organisation already. */
        MEMBER,
        /** This gate sends no mail. */
        NO_MAIL
    }

    /** Those of an organisation that were not accepted yet, the latest first. */
    public List<Line> of(UUID tenant) {
        Instant now = clock.instant();
        return database.query(c -> InvitationStore.ofTenant(c, tenant, MOST)).stream()
                .map(row ->
                        new Line(
                                row.id(),
                                guest(row),
                                row.invitedAt(),
                                row.expiresAt(),
                                !row.expiresAt().isAfter(now)))
                .toList();
    }

    private static Guest guest(InvitationStore.Row row) {
        return new Guest(row.identifier(), row.name(), row.language(), row.roles());
    }

    /**
     * Asks somebody to come; a code that was sent before is good no more.
     *
     * @param others the organisation's other administrators, who are told where it is another one
     */
    public Outcome invite(
            Tenant tenant, Guest guest, Account by, List<Account> others, String address) {
        if (mail.isEmpty()) {
            return Outcome.NO_MAIL;
        }
        return database.transaction(connection -> {
            Optional<Account> there = accounts.byIdentifier(connection, guest.identifier());
            if (there.filter(a -> a.tenant().equals(tenant.id())).isPresent()) {
                return Outcome.MEMBER;
            }
            String code = code();
            Instant now = clock.instant();
            InvitationStore.put(
                    connection,
                    new InvitationStore.Row(
                            ids.next(),
                            tenant.id(),
                            guest.identifier(),
                            guest.name(),
                            guest.language(),
                            guest.roles(),
                            tag(guest.identifier(), code),
                            by.id(),
                            now,
                            now.plus(GOOD_FOR)));
            events.record(
                    connection,
                    Event.of(EventKind.MEMBER_INVITED)
                            .tenant(tenant.id())
                            .address(address)
                            .details(
                                    Map.of(
                                            "by", by.id().toString(),
                                            "roles", guest.roles())));
            if (guest.roles().contains(Tenants.ADMINISTRATOR)) {
                for (Account other : others) {
                    notices.put(
                            connection,
                            other,
                            "administrator_invited",
                            by.name(),
                            guest.identifier());
                }
            }
            write(connection, tenant, guest, by, there.isPresent() ? "elsewhere" : "guest", code);
            return Outcome.SENT;
        });
    }

    /** Who has an account with another organisation is told so; the one who asks is not. */
    private void write(
            Connection connection, Tenant tenant, Guest guest, Account by, String kind, String code)
            throws SQLException {
        Texts texts = Texts.in(guest.language());
        mail.orElseThrow()
                .put(
                        connection,
                        guest.identifier(),
                        texts.get("mail.invitation.subject", tenant.name()),
                        texts.get(
                                "mail.invitation." + kind,
                                guest.name(),
                                tenant.name(),
                                by.name(),
                                URI.create(issuer).getAuthority(),
                                guest.identifier(),
                                code,
                                GOOD_FOR.toDays()));
    }

    /** Sends the mail of an open invitation again, with another code. */
    public boolean again(Tenant tenant, UUID id, Account by, List<Account> others, String address) {
        Optional<InvitationStore.Row> open =
                database.query(c -> InvitationStore.open(c, tenant.id(), id));
        return open.isPresent()
                && invite(tenant, guest(open.get()), by, others, address) == Outcome.SENT;
    }

    /** Takes an invitation back; nothing where the organisation has none of that id. */
    public void withdraw(Tenant tenant, UUID id, Account by, String address) {
        database.transact(connection -> {
            if (InvitationStore.open(connection, tenant.id(), id).isPresent()
                    && InvitationStore.end(connection, id, "withdrawn", clock.instant())) {
                events.record(
                        connection,
                        Event.of(EventKind.INVITATION_WITHDRAWN)
                                .tenant(tenant.id())
                                .address(address)
                                .details(Map.of("by", by.id().toString())));
            }
        });
    }

    /**
     * Somebody comes with a code: the account is made, without a password yet.
     *
     * @return empty where the code does not fit
     */
    public Optional<Account> accept(String typed, String code, String address) {
        String identifier = Identifiers.normalise(typed);
        byte[] tag = tag(identifier, code);
        Instant now = clock.instant();
        return database.transaction(connection -> {
            Optional<InvitationStore.Row> fits =
                    InvitationStore.ofIdentifier(connection, identifier, now).stream()
                            .filter(row -> MessageDigest.isEqual(row.code(), tag))
                            .findFirst();
            if (fits.isEmpty()
                    || !isInOffice(connection, fits.get())
                    || accounts.byIdentifier(connection, identifier).isPresent()
                    || !InvitationStore.end(connection, fits.get().id(), "accepted", now)) {
                return Optional.empty();
            }
            InvitationStore.Row row = fits.get();
            Optional<Account> account =
                    accounts.create(
                            connection,
                            ids.next(),
                            row.tenant(),
                            identifier,
                            row.name(),
                            row.language(),
                            now);
            if (account.isPresent()) {
                boolean joined =
                        tenants.declareMember(
                                connection, account.get().id(), row.tenant(), row.roles());
                events.record(
                        connection,
                        Event.of(EventKind.INVITATION_ACCEPTED)
                                .tenant(row.tenant())
                                .account(account.get().id())
                                .address(address)
                                .details(Map.of("member", joined)));
            }
            return account;
        });
    }

    /** Whether whoever invited may still do so. */
    private boolean isInOffice(Connection connection, InvitationStore.Row row) throws SQLException {
        Optional<Account> by =
                accounts.byId(connection, row.invitedBy()).filter(a -> !a.disabled());
        return by.isPresent()
                && tenants.looksAfter(
                        connection,
                        by.get().id(),
                        by.get().tenant(),
                        row.tenant(),
                        row.invitedAt());
    }

    private static String code() {
        StringBuilder code = new StringBuilder();
        for (int i = 0; i < CODE_CHARACTERS; i++) {
            if (i > 0 && i % 4 == 0) {
                code.append('-');
            }
            code.append(ALPHABET.charAt(Tokens.number(ALPHABET.length())));
        }
        return code.toString();
    }

    private byte[] tag(String identifier, String code) {
        return vault.tag(
                PURPOSE, identifier, code.toLowerCase(Locale.ROOT).replaceAll("[^0-9a-z]", ""));
    }
}
