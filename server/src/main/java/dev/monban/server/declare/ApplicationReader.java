package dev.monban.server.declare;

import com.nimbusds.jose.jwk.JWKSet;
import dev.monban.core.code.Codes;
import dev.monban.server.oidc.Algorithm;
import dev.monban.server.oidc.Claims;
import dev.monban.server.oidc.Client;
import dev.monban.server.platform.Json;
import dev.monban.server.platform.Loopback;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads applications that people sign in to. */
final class ApplicationReader {

    private static final Logger LOG = Logger.getLogger(ApplicationReader.class.getName());

    private static final int SECRET_LEAST_CHARACTERS = 16;

    private final Checker checker;
    private final SecretReader secrets;

    ApplicationReader(Checker checker, SecretReader secrets) {
        this.checker = checker;
        this.secrets = secrets;
    }

    /** The application; faults are told to the checker. */
    State.Application read(Located client, String place) {
        List<String> grants =
                client.textsOf("grants").stream()
                        .map(g -> g.equals("device_code") ? Client.DEVICE_CODE : g)
                        .toList();
        List<String> read = secrets(client, place);
        Optional<String> jwks = client.get("jwks").flatMap(keys -> jwks(keys, place + ".jwks"));
        client.get("jwksUri").ifPresent(uri -> keysAddress(uri, place + ".jwksUri"));
        List<String> proofs =
                Stream.of("secret", "secrets", "jwks", "jwksUri")
                        .filter(key -> client.get(key).isPresent())
                        .toList();
        if (proofs.size() > 1) {
            checker.fault(
                    client.line(),
                    place,
                    "give one of secret, secrets, jwks and jwksUri, not "
                            + String.join(" and ", proofs));
        }
        boolean isPublic = proofs.isEmpty();
        if (client.flagOf("tokenEndpointAudience")
                && client.get("jwks").isEmpty()
                && client.get("jwksUri").isEmpty()) {
            checker.fault(
                    client.line(),
                    place,
                    "tokenEndpointAudience is for a client with jwks or jwksUri");
        }
        if (isPublic && grants.contains(Client.CLIENT_CREDENTIALS)) {
            checker.fault(
                    client.line(), place, "client_credentials needs a secret or jwks of its own");
        }
        boolean pkceOptional = client.textOf("pkce").filter("optional"::equals).isPresent();
        if (isPublic && pkceOptional) {
            checker.fault(
                    client.get("pkce").map(Located::line).orElse(client.line()),
                    place + ".pkce",
                    "optional needs a secret or jwks: a client that proves nothing else needs PKCE"
                            + " (RFC 9700, section 2.1.1)");
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
                read,
                jwks,
                client.textOf("jwksUri"),
                grants,
                scopes.isEmpty() ? List.of(Claims.OPENID) : scopes,
                client.flagOf("thirdParty"),
                client.textOf("signingAlgorithm")
                        .flatMap(Algorithm::ofCode)
                        .orElse(Algorithm.ES256),
                client.textOf("userInfoSigningAlgorithm").flatMap(Algorithm::ofCode),
                client.textOf("accessTokenFormat")
                        .flatMap(f -> Codes.find(Client.TokenFormat.class, f))
                        .orElse(Client.TokenFormat.JWT),
                client.get("accessTokenSeconds").map(Located::number).orElse(300),
                client.textOf("audience"),
                client.textOf("backChannelLogoutUri"),
                client.flagOf("dpopRequired"),
                client.flagOf("parRequired"),
                pkceOptional,
                client.flagOf("tokenEndpointAudience"),
                client.textsOf("origins"));
    }

    /**
     * The secrets, at most two. Two that are the same are one, written twice by mistake. Where a
     * secret is spelled in another way when it is form-encoded, the operator is told, as some
     * clients encode it and some do not (RFC 6749, section 2.3.1).
     */
    private List<String> secrets(Located client, String place) {
        List<String> found = new ArrayList<>();
        client.get("secret")
                .flatMap(s -> secrets.read(s, place + ".secret", SECRET_LEAST_CHARACTERS))
                .ifPresent(found::add);
        int index = 0;
        for (Located one : client.listOf("secrets")) {
            String at = place + ".secrets[" + index++ + "]";
            Optional<String> secret = secrets.read(one, at, SECRET_LEAST_CHARACTERS);
            if (secret.isPresent() && found.contains(secret.get())) {
                checker.fault(one.line(), at, "the secret above is the same");
            }
            secret.ifPresent(found::add);
        }
        if (client.get("secrets").isPresent() && index == 0) {
            checker.fault(client.line(), place + ".secrets", "write one secret or two");
        }
        for (String secret : found) {
            if (!URLEncoder.encode(secret, StandardCharsets.UTF_8).equals(secret)) {
                LOG.warning(
                        place
                                + ", client "
                                + client.textOf("id").orElse("?")
                                + ": its secret has characters that form-encoding changes (RFC"
                                + " 6749, section 2.3.1); both spellings are taken here, and a"
                                + " secret of letters, digits, - and _ has one alone");
            }
        }
        return found;
    }

    /** Keys that somebody on the way could exchange prove nothing. */
    private void keysAddress(Located uri, String place) {
        try {
            URI parsed = new URI(uri.text());
            if (parsed.getHost() == null) {
                checker.fault(uri.line(), place, "an address has a host");
            } else if (parsed.getRawUserInfo() != null) {
                checker.fault(uri.line(), place, "an address names nobody before its host");
            } else if (parsed.getScheme().equals("http") && !Loopback.isHost(parsed.getHost())) {
                checker.fault(uri.line(), place, "write https; http is for this machine alone");
            }
        } catch (URISyntaxException e) {
            checker.fault(uri.line(), place, "this is not an address: " + e.getReason());
        }
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
            } else if (scheme.equals("http")
                    && (parsed.getHost() == null || !Loopback.isHost(parsed.getHost()))) {
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
}
