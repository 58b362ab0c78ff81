package dev.monban.server.declare;

import dev.monban.core.code.Codes;
import dev.monban.core.factor.AssuranceLevel;
import dev.monban.core.factor.Requirement;
import dev.monban.server.account.Identifiers;
import dev.monban.server.home.SecurityContact;
import dev.monban.server.notify.MailSettings;
import dev.monban.server.notify.Subscription;
import dev.monban.server.platform.BadInput;
import dev.monban.server.platform.Language;
import dev.monban.server.platform.Loopback;
import dev.monban.server.platform.Texts;
import dev.monban.server.platform.outgoing.Destinations;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads {@code monban.yaml}: all of it is good, or every fault is named and nothing is taken. */
public final class StateReader {

    private static final int MOST_CHARACTERS = 20_000_000;

    /** RFC 6409. */
    private static final int SUBMISSION_PORT = 587;

    /** Of a day as ISO 8601 writes it. */
    private static final int DAY_CHARACTERS = 10;

    private final String file;
    private final Path folder;
    private final Function<String, Optional<String>> environment;
    private final Checker checker = new Checker();

    private StateReader(String file, Path folder, Function<String, Optional<String>> environment) {
        this.file = file;
        this.folder = folder;
        this.environment = environment;
    }

    /**
     * Reads a file.
     *
     * @param environment where secrets written as {@code {env: NAME}} are found
     * @throws BadInput naming every fault with file, line and mend
     */
    public static State read(Path file, Function<String, Optional<String>> environment) {
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            throw new BadInput(file + ": cannot be read; is the path right, and the file UTF-8?");
        }
        Path folder = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(Path.of("/"));
        return new StateReader(file.toString(), folder, environment).read(text);
    }

    private State read(String text) {
        Optional<Located> root = Optional.empty();
        try {
            LoadSettings settings =
                    LoadSettings.builder()
                            .setAllowDuplicateKeys(false)
                            .setCodePointLimit(MOST_CHARACTERS)
                            .setMaxAliasesForCollections(0)
                            .build();
            Optional<Node> node = new Compose(settings).composeString(text);
            if (node.isEmpty()) {
                checker.fault(1, "", "the file is empty; begin with issuer: https://…");
            } else {
                root = checker.check(node.get(), StateShape.STATE, "");
            }
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
            checker.fault(line, "", "this is not YAML: " + e.getProblem());
        } catch (YamlEngineException e) {
            checker.fault(1, "", "this is not YAML: " + e.getMessage());
        }
        State state = root.map(this::state).orElse(null);
        if (state == null || !checker.faults().isEmpty()) {
            throw new BadInput(
                    checker.faults().stream()
                            .map(fault -> fault.in(file))
                            .collect(Collectors.joining("\n")));
        }
        return state;
    }

    private State state(Located root) {
        String issuer = root.textOf("issuer").orElseThrow();
        SecretReader secrets =
                new SecretReader(checker, folder, environment, isLoopback(root, issuer));
        ChannelReader channels = new ChannelReader(checker, secrets);
        ApplicationReader applications = new ApplicationReader(checker, secrets);
        Set<String> tenantIds = new HashSet<>();
        Set<String> domains = new HashSet<>();
        List<State.Tenant> tenants = new ArrayList<>();
        each(
                root,
                "tenants",
                (tenant, place) -> {
                    String id = tenant.textOf("id").orElseThrow();
                    once(tenantIds, id, tenant, place, "tenant");
                    tenants.add(
                            new State.Tenant(
                                    id,
                                    tenant.textOf("name").orElseThrow(),
                                    tenant.flagOf("operator"),
                                    requirements(tenant, place),
                                    identityProvider(tenant, place, secrets, domains)));
                });
        Set<String> identifiers = new HashSet<>();
        List<State.Account> accounts = new ArrayList<>();
        each(
                root,
                "accounts",
                (account, place) ->
                        accounts.add(account(account, place, tenantIds, identifiers, secrets)));
        Set<String> channelNames = new HashSet<>();
        List<Subscription> alerts = new ArrayList<>();
        each(
                root,
                "alerts",
                (alert, place) -> {
                    once(channelNames, alert.textOf("name").orElseThrow(), alert, place, "channel");
                    channels.read(alert, place, root.get("mail").isPresent())
                            .map(one -> new Subscription(one, Set.copyOf(alert.textsOf("only"))))
                            .ifPresent(alerts::add);
                });
        Set<String> clientIds = new HashSet<>();
        List<State.Application> clients = new ArrayList<>();
        each(
                root,
                "clients",
                (client, place) -> {
                    once(clientIds, client.textOf("id").orElseThrow(), client, place, "client");
                    clients.add(applications.read(client, place));
                });
        return new State(
                issuer,
                root.get("mail").map(m -> mail(m, secrets)),
                alerts,
                tenants,
                accounts,
                clients,
                outgoing(root),
                security(root),
                new OptionsReader(checker, file).read(root));
    }

    private Optional<SecurityContact> security(Located root) {
        Optional<Located> security = root.get("security");
        if (security.isPresent() && security.get().listOf("contact").isEmpty()) {
            checker.fault(
                    security.get().line(),
                    "security.contact",
                    "give an address at least, such as mailto:security@example.com (RFC 9116)");
        }
        return security.map(s -> new SecurityContact(s.textsOf("contact"), s.textOf("policy")));
    }

    private Destinations outgoing(Located root) {
        Optional<Located> outgoing = root.get("outgoing");
        if (outgoing.isEmpty()) {
            return Destinations.PUBLIC;
        }
        List<String> allowed = new ArrayList<>();
        for (Located one : outgoing.get().listOf("allow")) {
            try {
                Destinations alone = Destinations.allowing(List.of(one.text()));
                assert alone != Destinations.PUBLIC;
                allowed.add(one.text());
            } catch (IllegalArgumentException e) {
                checker.fault(one.line(), "outgoing.allow", String.valueOf(e.getMessage()));
            }
        }
        return Destinations.allowing(allowed);
    }

    /** Characters that a provider's secret has at least. */
    private static final int LEAST_SECRET = 8;

    private Optional<State.IdentityProvider> identityProvider(
            Located tenant, String place, SecretReader secrets, Set<String> domains) {
        Optional<Located> written = tenant.get("identityProvider");
        if (written.isEmpty()) {
            return Optional.empty();
        }
        Located one = written.get();
        String at = place + ".identityProvider";
        String issuer = one.textOf("issuer").orElseThrow();
        if (!issuer.startsWith("https://")
                && !issuer.matches("http://(localhost|127\\.0\\.0\\.1)(:.*|/.*)?")) {
            checker.fault(one.line(), at + ".issuer", "over the network it must be https");
        }
        for (Located domain : one.listOf("domains")) {
            once(domains, domain.text(), domain, at + ".domains", "domain");
        }
        return one.get("secret")
                .flatMap(secret -> secrets.read(secret, at + ".secret", LEAST_SECRET))
                .map(secret ->
                        new State.IdentityProvider(
                                issuer,
                                one.textOf("clientId").orElseThrow(),
                                secret,
                                one.textsOf("domains")));
    }

    private Set<Requirement> requirements(Located tenant, String place) {
        Set<Requirement> requirements = new HashSet<>();
        Set<String> seen = new HashSet<>();
        each(
                tenant,
                "require",
                (one, at) -> {
                    String whole = place + "." + at;
                    String level = one.textOf("level").orElseThrow();
                    Set<String> roles = Set.copyOf(one.textsOf("roles"));
                    once(seen, level + " " + new TreeSet<>(roles), one, whole, "requirement");
                    requirements.add(
                            new Requirement(
                                    AssuranceLevel.ofAcr(level).orElseThrow(),
                                    roles,
                                    one.get("from")
                                            .flatMap(from -> time(from, whole + ".from"))
                                            .orElse(Instant.EPOCH),
                                    !one.get("trustedDevices").isPresent()
                                            || one.flagOf("trustedDevices")));
                });
        return requirements;
    }

    /** A day begins where the product's first users are; whoever is elsewhere writes the time. */
    private Optional<Instant> time(Located value, String place) {
        String text = value.text();
        try {
            return Optional.of(
                    text.length() > DAY_CHARACTERS
                            ? OffsetDateTime.parse(text).toInstant()
                            : LocalDate.parse(text).atStartOfDay(Texts.ZONE).toInstant());
        } catch (DateTimeParseException e) {
            checker.fault(
                    value.line(),
                    place,
                    "write a day such as 2027-04-01 (as it begins in Japan), or a time such as"
                            + " 2027-04-01T00:00:00+09:00");
            return Optional.empty();
        }
    }

    private MailSettings mail(Located mail, SecretReader secrets) {
        return new MailSettings.Smtp(
                mail.textOf("from").orElseThrow(),
                mail.textOf("server").orElseThrow(),
                mail.get("port").map(Located::number).orElse(SUBMISSION_PORT),
                mail.textOf("encryption")
                        .flatMap(e -> Codes.find(MailSettings.Encryption.class, e))
                        .orElse(MailSettings.Encryption.STARTTLS),
                mail.textOf("bounces"),
                mail.textOf("user"),
                mail.get("password").flatMap(p -> secrets.read(p, "mail.password", 1)));
    }

    /** Whether the gate is for this machine alone. */
    private boolean isLoopback(Located root, String issuer) {
        int line = root.get("issuer").map(Located::line).orElse(1);
        String host = null;
        try {
            host = new URI(issuer).getHost();
        } catch (URISyntaxException e) {
            host = null;
        }
        if (host == null) {
            checker.fault(line, "issuer", "write an origin such as https://login.example");
            return false;
        }
        if (!Loopback.isHost(host) && issuer.startsWith("http:")) {
            checker.fault(
                    line, "issuer", "write https; http is for localhost alone (OpenID Connect)");
        }
        return Loopback.isHost(host);
    }

    private State.Account account(
            Located account,
            String place,
            Set<String> tenants,
            Set<String> identifiers,
            SecretReader secrets) {
        String identifier = Identifiers.normalise(account.textOf("identifier").orElseThrow());
        once(identifiers, identifier, account, place, "account");
        String tenant = account.textOf("tenant").orElseThrow();
        if (!tenants.contains(tenant)) {
            checker.fault(
                    account.line(), place + ".tenant", "there is no tenant '" + tenant + "' above");
        }
        Optional<String> email =
                account.textOf("email")
                        .or(() -> Optional.of(identifier).filter(i -> i.contains("@")));
        return new State.Account(
                identifier,
                tenant,
                account.textOf("name").orElseThrow(),
                account.textOf("givenName"),
                account.textOf("familyName"),
                email,
                account.textOf("language").flatMap(Language::ofTag).orElse(Language.JA),
                account.get("password")
                        .flatMap(secret -> secrets.read(secret, place + ".password", 1)),
                account.textsOf("roles").stream().distinct().sorted().toList(),
                account.flagOf("disabled"));
    }

    private void once(Set<String> seen, String id, Located where, String place, String kind) {
        if (!seen.add(id)) {
            checker.fault(where.line(), place, "there is another " + kind + " '" + id + "' above");
        }
    }

    @FunctionalInterface
    private interface Each {
        void at(Located value, String place);
    }

    private static void each(Located root, String key, Each each) {
        int index = 0;
        for (Located value : root.listOf(key)) {
            each.at(value, key + "[" + index++ + "]");
        }
    }
}
