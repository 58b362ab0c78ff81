package dev.monban.server.declare;

import dev.monban.core.factor.Requirement;
import dev.monban.server.audit.Retention;
import dev.monban.server.home.SecurityContact;
import dev.monban.server.notify.MailSettings;
import dev.monban.server.notify.Subscription;
import dev.monban.server.oidc.Algorithm;
import dev.monban.server.oidc.Client;
import dev.monban.server.platform.Language;
import dev.monban.server.platform.outgoing.Destinations;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The declared state, checked.
 *
 * @param security whom to tell of weaknesses
 * @param outgoing where the gate may call besides the public Internet
 * @param options what holds for the whole gate and has a usual value
 */
public record State(
        String issuer,
        Optional<MailSettings> mail,
        List<Subscription> alerts,
        List<Tenant> tenants,
        List<Account> accounts,
        List<Application> clients,
        Destinations outgoing,
        Optional<SecurityContact> security,
        Options options) {

    /** One that calls nothing inside. */
    public State(
            String issuer,
            Optional<MailSettings> mail,
            List<Subscription> alerts,
            List<Tenant> tenants,
            List<Account> accounts,
            List<Application> clients) {
        this(
                issuer,
                mail,
                alerts,
                tenants,
                accounts,
                clients,
                Destinations.PUBLIC,
                Optional.empty(),
                Options.DEFAULT);
    }

    /** The same with other options. */
    public State with(Options other) {
        return new State(
                issuer, mail, alerts, tenants, accounts, clients, outgoing, security, other);
    }

    /**
     * What holds for the whole gate and has a usual value.
     *
     * @param version of the file, from 1; 0 where it gives none
     * @param file where it lies; empty where there is none
     * @param retention how long is kept what happened
     * @param rpId the domain that passkeys belong to; the host of the issuer unless given
     */
    public record Options(int version, String file, Retention retention, Optional<String> rpId) {

        public static final Options DEFAULT =
                new Options(0, "", Retention.DEFAULT, Optional.empty());
    }

    /**
     * An organisation.
     *
     * @param operator whether it runs this gate: its administrators see all others
     * @param requirements at which level its people are to sign in
     * @param identityProvider its own; empty where its people sign in here
     */
    public record Tenant(
            String id,
            String name,
            boolean operator,
            Set<Requirement> requirements,
            Optional<IdentityProvider> identityProvider) {

        /** One whose people sign in here alone. */
        public Tenant(String id, String name, boolean operator, Set<Requirement> requirements) {
            this(id, name, operator, requirements, Optional.empty());
        }
    }

    /**
     * Where an organisation's people may sign in instead.
     *
     * @param issuer as OpenID Connect has it
     * @param secret the secret itself
     * @param domains of their login names
     */
    public record IdentityProvider(
            String issuer, String clientId, String secret, List<String> domains) {

        public IdentityProvider {
            domains = List.copyOf(domains);
        }

        @Override
        public String toString() {
            return "identity provider " + issuer;
        }
    }

    /**
     * An account.
     *
     * @param identifier in its one form
     * @param password the password itself
     */
    public record Account(
            String identifier,
            String tenant,
            String name,
            Optional<String> givenName,
            Optional<String> familyName,
            Optional<String> email,
            Language language,
            Optional<String> password,
            List<String> roles,
            boolean disabled) {

        /** One whose name is known as a whole alone. */
        public Account(
                String identifier,
                String tenant,
                String name,
                Optional<String> email,
                Language language,
                Optional<String> password,
                List<String> roles,
                boolean disabled) {
            this(
                    identifier,
                    tenant,
                    name,
                    Optional.empty(),
                    Optional.empty(),
                    email,
                    language,
                    password,
                    roles,
                    disabled);
        }

        @Override
        public String toString() {
            return "account " + identifier;
        }
    }

    /**
     * A client.
     *
     * @param secrets the secrets themselves, the one in use first
     * @param jwks as JSON
     */
    public record Application(
            String id,
            String name,
            List<String> redirectUris,
            List<String> postLogoutRedirectUris,
            List<String> secrets,
            Optional<String> jwks,
            Optional<String> jwksUri,
            List<String> grants,
            List<String> scopes,
            boolean thirdParty,
            Algorithm signingAlgorithm,
            Optional<Algorithm> userInfoSigningAlgorithm,
            Client.TokenFormat accessTokenFormat,
            int accessTokenSeconds,
            Optional<String> audience,
            Optional<String> backChannelLogoutUri,
            boolean dpopRequired,
            boolean parRequired,
            boolean pkceOptional,
            boolean tokenEndpointAudience,
            List<String> origins) {

        @Override
        public String toString() {
            return "client " + id;
        }
    }
}
