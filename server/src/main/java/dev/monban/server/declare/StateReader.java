package dev.monban.server.declare;

import com.nimbusds.jose.jwk.JWKSet;
import dev.monban.server.account.Identifiers;
import dev.monban.server.notify.Channel;
import dev.monban.server.notify.MailSettings;
import dev.monban.server.notify.Subscription;
import dev.monban.server.oidc.Algorithm;
import dev.monban.server.oidc.Claims;
import dev.monban.server.oidc.Client;
import dev.monban.server.platform.BadInput;
import dev.monban.server.platform.Json;
import dev.monban.server.platform.Language;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

    private static final int WEBHOOK_KEY_LEAST_BYTES = 24;

    /** RFC 6409. */
    private static final int SUBMISSION_PORT = 587;

    private static final int SECRET_LEAST_CHARACTERS = 16;
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

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
        Issuer kind = issuer(root, issuer);
        Set<String> tenantIds = new HashSet<>();
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
                                    tenant.flagOf("operator")));
                });
        Set<String> identifiers = new HashSet<>();
        List<State.Account> accounts = new ArrayList<>();
        each(
                root,
                "accounts",
                (account, place) ->
                        accounts.add(account(account, place, tenantIds, identifiers, kind)));
        Set<String> channelNames = new HashSet<>();
        List<Subscription> alerts = new ArrayList<>();
        each(
                root,
                "alerts",
                (alert, place) -> {
                    once(channelNames, alert.textOf("name").orElseThrow(), alert, place, "channel");
                    channel(alert, place, kind, root.get("mail").isPresent())
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
                    clients.add(client(client, place, kind));
                });
        return new State(
                issuer,
                root.get("mail").map(m -> mail(m, kind)),
                alerts,
                tenants,
                accounts,
                clients);
    }

    private Optional<Channel> channel(Located alert, String place, Issuer issuer, boolean hasMail) {
        String name = alert.textOf("name").orElseThrow();
        Optional<Channel> channel = Optional.empty();
        if (alert.textOf("mail").isPresent()) {
            channel = alert.textOf("mail").map(to -> new Channel.ByMail(name, to));
            if (!hasMail) {
                checker.fault(
                        alert.line(), place + ".mail", "there is no mail server; declare mail:");
            }
        } else if (alert.textOf("webhook").isPresent()) {
            channel =
                    alert.get("secret")
                            .flatMap(s -> secret(s, place + ".secret", issuer, 1))
                            .flatMap(s -> webhookKey(s, alert, place))
                            .map(key ->
                                    new Channel.ByWebhook(
                                            name, alert.textOf("webhook").orElseThrow(), key));
        } else if (alert.get("slackWebhook").isPresent()) {
            channel =
                    alert.get("slackWebhook")
                            .flatMap(s -> secret(s, place + ".slackWebhook", issuer, 1))
                            .map(url -> new Channel.BySlackWebhook(name, url));
        } else if (alert.get("slackToken").isPresent()
                && alert.textOf("slackChannel").isPresent()) {
            channel =
                    alert.get("slackToken")
                            .flatMap(s -> secret(s, place + ".slackToken", issuer, 1))
                            .map(token ->
                                    new Channel.BySlackBot(
                                            name,
                                            token,
                                            alert.textOf("slackChannel").orElseThrow(),
                                            alert.textOf("slackApi")
                                                    .orElse("https://slack.com/api/")));
        }
        if (channel.isEmpty() && checker.faults().isEmpty()) {
            checker.fault(
                    alert.line(),
                    place,
                    "give one of: mail; webhook with secret; slackWebhook; slackToken with"
                            + " slackChannel");
        }
        return channel;
    }

    /** As Standard Webhooks write it: at least 192 bits. */
    private Optional<byte[]> webhookKey(String secret, Located alert, String place) {
        try {
            byte[] key = Base64.getDecoder().decode(secret.replaceFirst("^whsec_", ""));
            if (key.length >= WEBHOOK_KEY_LEAST_BYTES) {
                return Optional.of(key);
            }
        } catch (IllegalArgumentException e) {
            checker.fault(alert.line(), place + ".secret", "this is not base64");
            return Optional.empty();
        }
        checker.fault(
                alert.line(), place + ".secret", "write whsec_ and at least 24 bytes in base64");
        return Optional.empty();
    }

    private MailSettings mail(Located mail, Issuer issuer) {
        return new MailSettings.Smtp(
                mail.textOf("from").orElseThrow(),
                mail.textOf("server").orElseThrow(),
                mail.get("port").map(Located::number).orElse(SUBMISSION_PORT),
                MailSettings.Encryption.valueOf(
                        mail.textOf("encryption").orElse("starttls").toUpperCase(Locale.ROOT)),
                mail.textOf("user"),
                mail.get("password").flatMap(p -> secret(p, "mail.password", issuer, 1)));
    }

    private enum Issuer {
        LOOPBACK,
        PUBLIC
    }

    private Issuer issuer(Located root, String issuer) {
        int line = root.get("issuer").map(Located::line).orElse(1);
        String host = null;
        try {
            host = new URI(issuer).getHost();
        } catch (URISyntaxException e) {
            host = null;
        }
        if (host == null) {
            checker.fault(line, "issuer", "write an origin such as https://login.example");
            return Issuer.PUBLIC;
        }
        if (LOOPBACK.contains(host)) {
            return Issuer.LOOPBACK;
        }
        if (issuer.startsWith("http:")) {
            checker.fault(
                    line, "issuer", "write https; http is for localhost alone (OpenID Connect)");
        }
        return Issuer.PUBLIC;
    }

    private State.Account account(
            Located account,
            String place,
            Set<String> tenants,
            Set<String> identifiers,
            Issuer issuer) {
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
                email,
                account.textOf("language").flatMap(Language::ofTag).orElse(Language.JA),
                account.get("password")
                        .flatMap(secret -> secret(secret, place + ".password", issuer, 1)),
                account.textsOf("roles").stream().distinct().sorted().toList(),
                account.flagOf("disabled"));
    }

    private State.Application client(Located client, String place, Issuer issuer) {
        List<String> grants =
                client.textsOf("grants").stream()
                        .map(g -> g.equals("device_code") ? Client.DEVICE_CODE : g)
                        .toList();
        Optional<String> secret =
                client.get("secret")
                        .flatMap(
                                s -> secret(s, place + ".secret", issuer, SECRET_LEAST_CHARACTERS));
        Optional<String> jwks = client.get("jwks").flatMap(keys -> jwks(keys, place + ".jwks"));
        if (client.get("secret").isPresent() && client.get("jwks").isPresent()) {
            checker.fault(client.line(), place, "give a secret or jwks, not both");
        }
        boolean isPublic = client.get("secret").isEmpty() && client.get("jwks").isEmpty();
        if (isPublic && grants.contains(Client.CLIENT_CREDENTIALS)) {
            checker.fault(
                    client.line(), place, "client_credentials needs a secret or jwks of its own");
        }
        List<String> redirects = client.textsOf("redirectUris");
        if (grants.contains(Client.AUTHORIZATION_CODE) && redirects.isEmpty()) {
            checker.fault(
                    client.line(), place, "authorization_code needs redirectUris to send codes to");
        }
        client.listOf("redirectUris").forEach(uri -> address(uri, place + ".redirectUris"));
        client.listOf("postLogoutRedirectUris")
                .forEach(uri -> address(uri, place + ".postLogoutRedirectUris"));
        List<String> scopes = client.textsOf("scopes");
        return new State.Application(
                client.textOf("id").orElseThrow(),
                client.textOf("name").orElseThrow(),
                redirects,
                client.textsOf("postLogoutRedirectUris"),
                secret,
                jwks,
                grants,
                scopes.isEmpty() ? List.of(Claims.OPENID) : scopes,
                client.flagOf("thirdParty"),
                client.textOf("signingAlgorithm")
                        .flatMap(Algorithm::ofCode)
                        .orElse(Algorithm.ES256),
                client.textOf("userInfoSigningAlgorithm").flatMap(Algorithm::ofCode),
                client.textOf("accessTokenFormat")
                        .map(f -> Client.TokenFormat.valueOf(f.toUpperCase(Locale.ROOT)))
                        .orElse(Client.TokenFormat.JWT),
                client.get("accessTokenSeconds").map(Located::number).orElse(300),
                client.textOf("audience"),
                client.textOf("backChannelLogoutUri"),
                client.flagOf("dpopRequired"),
                client.flagOf("parRequired"),
                client.textsOf("origins"));
    }

    /** RFC 9700, section 2.6, forbids plain http but for this machine; scripts are no addresses. */
    private void address(Located uri, String place) {
        try {
            URI parsed = new URI(uri.text());
            String scheme = String.valueOf(parsed.getScheme());
            boolean web = scheme.equals("http") || scheme.equals("https");
            if (web && parsed.getHost() == null) {
                checker.fault(uri.line(), place, "an address has a host");
            } else if (parsed.getRawUserInfo() != null) {
                checker.fault(uri.line(), place, "an address names nobody before its host");
            } else if (scheme.equals("http") && !LOOPBACK.contains(parsed.getHost())) {
                checker.fault(uri.line(), place, "write https; http is for this machine alone");
            } else if (!web && !scheme.contains(".")) {
                checker.fault(
                        uri.line(),
                        place,
                        "an app's own scheme is a domain backwards, such as com.example.app:/back"
                                + " (RFC 8252, section 7.1)");
            }
        } catch (URISyntaxException e) {
            checker.fault(uri.line(), place, "this is not an address: " + e.getReason());
        }
    }

    private Optional<String> jwks(Located keys, String place) {
        try {
            if (!(keys.value() instanceof Map<?, ?> map)) {
                throw new ParseException("not an object", 0);
            }
            String json = Json.text(texts(map));
            JWKSet set = JWKSet.parse(json);
            if (set.isEmpty()) {
                throw new ParseException("no key in it", 0);
            }
            if (set.getKeys().stream().anyMatch(key -> key.isPrivate())) {
                checker.fault(
                        keys.line(), place, "these are private keys; they stay with the client");
                return Optional.empty();
            }
            return Optional.of(set.toString());
        } catch (ParseException e) {
            checker.fault(keys.line(), place, "this is not a JWK set: " + e.getMessage());
            return Optional.empty();
        }
    }

    private static Map<String, Object> texts(Map<?, ?> map) {
        return map.entrySet().stream()
                .collect(Collectors.toMap(e -> String.valueOf(e.getKey()), Map.Entry::getValue));
    }

    private Optional<String> secret(Located secret, String place, Issuer issuer, int least) {
        Map.Entry<String, Located> source = secret.keys().entrySet().iterator().next();
        String where = source.getValue().text();
        Optional<String> value =
                switch (source.getKey()) {
                    case "env" -> {
                        Optional<String> found = environment.apply(where).filter(v -> !v.isEmpty());
                        if (found.isEmpty()) {
                            checker.fault(
                                    secret.line(),
                                    place,
                                    "the environment has no variable " + where + "; set it");
                        }
                        yield found;
                    }
                    case "file" -> fromFile(secret, place, where);
                    default -> {
                        if (issuer != Issuer.LOOPBACK) {
                            checker.fault(
                                    secret.line(),
                                    place,
                                    "plain is for a loopback issuer alone; write env or file");
                        }
                        yield Optional.of(where);
                    }
                };
        if (value.isPresent() && value.get().length() < least) {
            checker.fault(secret.line(), place, "at least " + least + " characters");
        }
        return value;
    }

    private Optional<String> fromFile(Located secret, String place, String where) {
        try {
            return Optional.of(Files.readString(folder.resolve(where)).strip());
        } catch (IOException e) {
            checker.fault(secret.line(), place, "the file " + where + " cannot be read");
            return Optional.empty();
        }
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
