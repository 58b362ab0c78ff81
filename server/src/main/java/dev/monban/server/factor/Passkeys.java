package dev.monban.server.factor;

import com.webauthn4j.WebAuthnManager;
import com.webauthn4j.converter.AttestedCredentialDataConverter;
import com.webauthn4j.converter.exception.DataConversionException;
import com.webauthn4j.converter.util.ObjectConverter;
import com.webauthn4j.credential.CredentialRecord;
import com.webauthn4j.credential.CredentialRecordImpl;
import com.webauthn4j.data.AuthenticationData;
import com.webauthn4j.data.AuthenticationParameters;
import com.webauthn4j.data.RegistrationData;
import com.webauthn4j.data.RegistrationParameters;
import com.webauthn4j.data.attestation.AttestationObject;
import com.webauthn4j.data.attestation.authenticator.AttestedCredentialData;
import com.webauthn4j.data.attestation.authenticator.AuthenticatorData;
import com.webauthn4j.data.attestation.statement.NoneAttestationStatement;
import com.webauthn4j.data.client.Origin;
import com.webauthn4j.data.client.challenge.DefaultChallenge;
import com.webauthn4j.server.ServerProperty;
import com.webauthn4j.verifier.exception.MaliciousCounterValueException;
import com.webauthn4j.verifier.exception.VerificationException;
import dev.monban.server.account.Account;
import dev.monban.server.audit.Event;
import dev.monban.server.audit.EventKind;
import dev.monban.server.audit.EventLog;
import dev.monban.server.factor.store.PasskeyStore;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Ids;
import dev.monban.server.platform.Json;
import dev.monban.server.platform.Parameters;
import dev.monban.server.platform.Purpose;
import dev.monban.server.platform.Tokens;
import dev.monban.server.platform.Vault;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Passkeys: discoverable, with user verification, without attestation (WebAuthn Level 3, sections
 * 7.1 and 7.2; webauthn4j does what they say). One relying party for all organisations: the host of
 * the issuer, or a domain above it that is declared. Answers come from pages of the issuer alone.
 */
public final class Passkeys {

    private static final Logger LOG = Logger.getLogger(Passkeys.class.getName());
    private static final Duration GOOD_FOR = Duration.ofMinutes(10);
    private static final int CHALLENGE_BYTES = 32;
    private static final Purpose PURPOSE = Purpose.of("passkey challenge");

    /** Before what was used, in the table of all that is good once; nodes of 0.1.0 write it too. */
    private static final String USED = "passkey challenge ";

    /** COSE: ES256, EdDSA, RS256. */
    private static final List<Integer> ALGORITHMS = List.of(-7, -8, -257);

    /** What reads and checks them is needed seldom, and large. */
    private static final class Library {
        static final ObjectConverter CONVERTER = new ObjectConverter();
        static final WebAuthnManager MANAGER =
                WebAuthnManager.createNonStrictWebAuthnManager(CONVERTER);
        static final AttestedCredentialDataConverter CREDENTIALS =
                new AttestedCredentialDataConverter(CONVERTER);
    }

    private final Database database;
    private final Factors factors;
    private final Vault vault;
    private final Once once;
    private final Ids ids;
    private final InstantSource clock;
    private final EventLog events;
    private final Origin origin;
    private final String rpId;

    /**
     * @param issuer the only origin from which answers are taken
     * @param rpId the relying party's id; the issuer's host unless given
     */
    public Passkeys(
            String issuer,
            Optional<String> rpId,
            Database database,
            Factors factors,
            Vault vault,
            Once once,
            Ids ids,
            InstantSource clock,
            EventLog events) {
        this.database = database;
        this.factors = factors;
        this.vault = vault;
        this.once = once;
        this.ids = ids;
        this.clock = clock;
        this.events = events;
        this.origin = new Origin(issuer);
        this.rpId = rpId.orElseGet(() -> URI.create(issuer).getHost());
    }

    /** Remembers what is good once only, on all nodes alike. */
    @FunctionalInterface
    public interface Once {
        /** Uses it; false where it was used before. */
        boolean use(String name, Instant expiresAt);
    }

    /**
     * What a browser needs to ask its authenticators.
     *
     * @param json options as WebAuthn Level 3 writes them
     * @param ticket comes back with the answer
     */
    public record Options(String json, String ticket) {}

    /** For adding a passkey to this account. */
    public Options creation(Account account) {
        byte[] challenge = Tokens.bytes(CHALLENGE_BYTES);
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("rp", Map.of("id", rpId, "name", "Monban"));
        options.put(
                "user",
                Map.of(
                        "id", Tokens.base64Url(handle(account.id())),
                        "name", account.identifier(),
                        "displayName", account.name()));
        options.put("challenge", Tokens.base64Url(challenge));
        options.put(
                "pubKeyCredParams",
                ALGORITHMS.stream()
                        .map(algorithm -> Map.of("type", "public-key", "alg", algorithm))
                        .toList());
        options.put(
                "excludeCredentials",
                database.query(c -> PasskeyStore.credentials(c, account.id())).stream()
                        .map(id -> Map.of("type", "public-key", "id", Tokens.base64Url(id)))
                        .toList());
        options.put(
                "authenticatorSelection",
                Map.of("residentKey", "required", "userVerification", "required"));
        options.put("attestation", "none");
        return new Options(Json.text(options), seal(challenge, account.id().toString()));
    }

    /** For signing in with a passkey, whosever it is. */
    public Options request() {
        byte[] challenge = Tokens.bytes(CHALLENGE_BYTES);
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("rpId", rpId);
        options.put("challenge", Tokens.base64Url(challenge));
        options.put("userVerification", "required");
        return new Options(Json.text(options), seal(challenge, ""));
    }

    private static byte[] handle(UUID account) {
        return ByteBuffer.allocate(16)
                .putLong(account.getMostSignificantBits())
                .putLong(account.getLeastSignificantBits())
                .array();
    }

    private String seal(byte[] challenge, String account) {
        String plain =
                "challenge="
                        + Tokens.base64Url(challenge)
                        + "&account="
                        + account
                        + "&until="
                        + clock.instant().plus(GOOD_FOR).toEpochMilli();
        return Tokens.base64Url(vault.seal(PURPOSE, plain.getBytes(StandardCharsets.UTF_8)));
    }

    /** The challenge in a ticket, once; empty where it is not ours, too old, or used. */
    private Optional<byte[]> challenge(String ticket, String account) {
        try {
            Optional<byte[]> plain = vault.open(PURPOSE, Base64.getUrlDecoder().decode(ticket));
            if (plain.isEmpty()) {
                return Optional.empty();
            }
            Parameters fields = Parameters.parse(new String(plain.get(), StandardCharsets.UTF_8));
            Instant until = Instant.ofEpochMilli(Long.parseLong(fields.text("until")));
            boolean good =
                    fields.text("account").equals(account)
                            && until.isAfter(clock.instant())
                            && once.use(USED + fields.text("challenge"), until);
            return good
                    ? Optional.of(Base64.getUrlDecoder().decode(fields.text("challenge")))
                    : Optional.empty();
        } catch (IllegalArgumentException | Parameters.Malformed e) {
            return Optional.empty();
        }
    }

    private ServerProperty server(byte[] challenge) {
        return ServerProperty.builder()
                .origin(origin)
                .rpId(rpId)
                .challenge(new DefaultChallenge(challenge))
                .build();
    }

    /**
     * Adds a passkey.
     *
     * @param response what the authenticator said, as JSON
     * @return false where it is not good
     */
    public boolean add(
            Account account, String ticket, String response, String name, String address) {
        Optional<byte[]> challenge = challenge(ticket, account.id().toString());
        if (challenge.isEmpty()) {
            return false;
        }
        try {
            RegistrationData data =
                    Library.MANAGER.verifyRegistrationResponseJSON(
                            response,
                            new RegistrationParameters(server(challenge.get()), null, true, true));
            return Optional.ofNullable(data.getAttestationObject())
                    .map(AttestationObject::getAuthenticatorData)
                    .map(made ->
                            database.transaction(
                                    connection -> insert(connection, account, name, made, address)))
                    .orElse(false);
        } catch (DataConversionException | VerificationException e) {
            LOG.log(Level.INFO, "a passkey was not taken: {0}", e.toString());
            return false;
        }
    }

    private boolean insert(
            Connection connection,
            Account account,
            String name,
            AuthenticatorData<?> made,
            String address)
            throws SQLException {
        AttestedCredentialData credential = made.getAttestedCredentialData();
        if (credential == null) {
            return false;
        }
        if (PasskeyStore.credentials(connection, account.id()).size() >= Factors.MOST) {
            return false;
        }
        boolean added =
                PasskeyStore.insert(
                        connection,
                        new PasskeyStore.Row(
                                ids.next(),
                                credential.getCredentialId(),
                                account.id(),
                                name,
                                Library.CREDENTIALS.convert(credential),
                                made.getSignCount(),
                                made.isFlagBE(),
                                made.isFlagBS(),
                                clock.instant()));
        if (added) {
            factors.changed(connection, account, EventKind.FACTOR_ADDED, "passkey", name, address);
        }
        return added;
    }

    /** Takes a passkey away; nothing where the account has none of that id. */
    public void remove(Account account, UUID id, String address) {
        database.transact(connection -> {
            Optional<String> name = PasskeyStore.delete(connection, account.id(), id);
            if (name.isPresent()) {
                factors.changed(
                        connection,
                        account,
                        EventKind.FACTOR_REMOVED,
                        "passkey",
                        name.get(),
                        address);
                factors.tidy(connection, account);
            }
        });
    }

    /** Whose passkey an answer seems to be of, before it is checked. */
    public Optional<UUID> owner(String response) {
        return parsed(response).flatMap(this::row).map(PasskeyStore.Row::account);
    }

    private static Optional<AuthenticationData> parsed(String response) {
        try {
            return Optional.of(Library.MANAGER.parseAuthenticationResponseJSON(response));
        } catch (DataConversionException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private Optional<PasskeyStore.Row> row(AuthenticationData data) {
        return Optional.ofNullable(data.getCredentialId())
                .flatMap(id -> database.query(c -> PasskeyStore.byCredential(c, id)));
    }

    /**
     * Checks an answer; it is good once.
     *
     * @return whose it is; empty where it is not good
     */
    public Optional<UUID> check(String ticket, String response) {
        Optional<byte[]> challenge = challenge(ticket, "");
        Optional<AuthenticationData> data = parsed(response);
        Optional<PasskeyStore.Row> row = data.flatMap(this::row);
        if (challenge.isEmpty() || row.isEmpty() || !isOwn(data.get(), row.get())) {
            return Optional.empty();
        }
        try {
            AuthenticationData checked =
                    Library.MANAGER.verify(
                            data.get(),
                            new AuthenticationParameters(
                                    server(challenge.get()), record(row.get()), null, true, true));
            return Optional.ofNullable(checked.getAuthenticatorData())
                    .filter(said -> used(row.get(), said))
                    .map(said -> row.get().account());
        } catch (MaliciousCounterValueException e) {
            cloned(row.get());
            return Optional.empty();
        } catch (VerificationException | IllegalArgumentException e) {
            LOG.log(Level.INFO, "a passkey''s answer was not good: {0}", e.toString());
            return Optional.empty();
        }
    }

    private boolean used(PasskeyStore.Row row, AuthenticatorData<?> said) {
        return database.query(c ->
                PasskeyStore.use(
                        c, row.id(), said.getSignCount(), said.isFlagBS(), clock.instant()));
    }

    /** A discoverable credential names its owner (section 7.2, step 6). */
    private static boolean isOwn(AuthenticationData data, PasskeyStore.Row row) {
        return Optional.ofNullable(data.getUserHandle())
                .filter(handle -> Arrays.equals(handle, handle(row.account())))
                .isPresent();
    }

    private static CredentialRecord record(PasskeyStore.Row row) {
        return new CredentialRecordImpl(
                new NoneAttestationStatement(),
                true,
                row.backupEligible(),
                row.backedUp(),
                row.counter(),
                Library.CREDENTIALS.convert(row.credential()),
                null,
                null,
                null,
                null);
    }

    /** Its counter went back: there are two of it, and nobody knows whose the other one is. */
    private void cloned(PasskeyStore.Row row) {
        database.transact(connection -> {
            if (PasskeyStore.cloned(connection, row.id(), clock.instant())) {
                events.record(
                        connection,
                        Event.of(EventKind.PASSKEY_CLONED)
                                .account(row.account())
                                .details(Map.of("name", row.name())));
                factors.tellCloned(connection, row.account(), row.name());
            }
        });
    }
}
