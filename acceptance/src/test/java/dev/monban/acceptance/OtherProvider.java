package dev.monban.acceptance;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An organisation's own identity provider: signs everybody in as whoever it is told, checks what a
 * relying party sends, and may be broken or dishonest.
 */
final class OtherProvider implements AutoCloseable {

    static final String CLIENT = "monban+at/yamada";
    static final String SECRET = "a secret: of + the two / of them";

    /** How it behaves. */
    enum Mood {
        WELL(""),
        /** Nothing answers. */
        DOWN("its discovery document answers 503"),
        /** It does not know the relying party's secret any more. */
        SECRET_EXPIRED("it does not take our secret: invalid_client"),
        /** It says no. */
        ACCESS_DENIED(""),
        OTHER_ISSUER("Unexpected JWT issuer"),
        OTHER_AUDIENCE("Unexpected JWT audience"),
        OTHER_NONCE("Unexpected JWT nonce"),
        OTHER_KEY("Invalid signature"),
        UNSIGNED("Signed ID token expected"),
        SIGNED_WITH_THE_SECRET("Another algorithm expected"),
        EXPIRED("Expired JWT"),
        ANSWER_OF_ANOTHER_ISSUER("an answer of another issuer"),
        ENDLESS("its answer has more than"),
        NO_ID_TOKEN("it gave no ID token"),
        BLANK_SUBJECT("its subject is none"),
        UNPRINTABLE_SUBJECT("its subject is none"),
        /** The address is at the user info alone. */
        THIN(""),
        THIN_OF_SOMEBODY_ELSE("its user info is somebody else's"),
        /** It asks nobody anew, and does not say when it did. */
        SILENT("");

        /** Words of the gate's log that say what is wrong with it. */
        final String complaint;

        Mood(String complaint) {
            this.complaint = complaint;
        }
    }

    private final HttpServer server;
    private final ECKey key;
    private final ECKey foreign;
    private final Map<String, Map<String, String>> codes = new ConcurrentHashMap<>();
    private volatile Mood mood = Mood.WELL;
    private volatile String subject = "";
    private volatile String email = "";
    private volatile boolean verified = true;
    private volatile Duration provedAgo = Duration.ZERO;
    private final AtomicInteger discoveries = new AtomicInteger();

    OtherProvider() throws IOException {
        try {
            key = new ECKeyGenerator(Curve.P_256).keyID("one").generate();
            foreign = new ECKeyGenerator(Curve.P_256).keyID("one").generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        on("/.well-known/openid-configuration", this::discovery);
        on("/authorize", this::authorize);
        on("/token", this::token);
        on("/userinfo", this::userInfo);
        on("/keys", exchange -> json(exchange, 200, new JWKSet(key).toString()));
        server.start();
    }

    String issuer() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** The part of an organisation's declaration that names it. */
    String declared(String domain) {
        return "{issuer: \"%s\", clientId: \"%s\", secret: {plain: \"%s\"}, domains: [%s]}"
                .formatted(issuer(), CLIENT, SECRET, domain);
    }

    void is(Mood now) {
        mood = now;
    }

    /** Whom it signs in from now on. */
    void knows(String who, String address, boolean addressVerified) {
        subject = who;
        email = address;
        verified = addressVerified;
    }

    /** How long ago people have proved who they are, where nobody asks for it anew. */
    void provedAgo(Duration ago) {
        provedAgo = ago;
    }

    /** How often its discovery document was asked for. */
    int discoveries() {
        return discoveries.get();
    }

    private void on(String path, HttpHandler handler) {
        server.createContext(
                path,
                exchange -> {
                    if (path.startsWith("/.well-known")) {
                        discoveries.incrementAndGet();
                    }
                    if (mood == Mood.DOWN) {
                        json(exchange, 503, "{}");
                    } else {
                        handler.handle(exchange);
                    }
                });
    }

    private void discovery(HttpExchange exchange) throws IOException {
        json(
                exchange,
                200,
                """
                {"issuer": "IT", "authorization_endpoint": "IT/authorize",
                 "token_endpoint": "IT/token", "userinfo_endpoint": "IT/userinfo", "jwks_uri": "IT/keys",
                 "response_types_supported": ["code"], "subject_types_supported": ["public"],
                 "id_token_signing_alg_values_supported": ["ES256"],
                 "authorization_response_iss_parameter_supported": true}
                """
                        .replace("IT", issuer()));
    }

    private void authorize(HttpExchange exchange) throws IOException {
        Map<String, String> asked = parameters(exchange.getRequestURI().getRawQuery());
        boolean right =
                asked.getOrDefault("client_id", "").equals(CLIENT)
                        && asked.getOrDefault("response_type", "").equals("code")
                        && asked.getOrDefault("code_challenge_method", "").equals("S256")
                        && asked.getOrDefault("scope", "").contains("openid")
                        && !asked.getOrDefault("state", "").isEmpty();
        if (!right) {
            json(exchange, 400, "{}");
            return;
        }
        String code = "code-" + codes.size();
        codes.put(code, asked);
        Map<String, String> answer = new TreeMap<>();
        answer.put("state", asked.get("state"));
        answer.put(
                "iss", mood == Mood.ANSWER_OF_ANOTHER_ISSUER ? "https://evil.example" : issuer());
        if (mood == Mood.ACCESS_DENIED) {
            answer.put("error", "access_denied");
        } else {
            answer.put("code", code);
        }
        exchange.getResponseHeaders()
                .set("Location", asked.get("redirect_uri") + "?" + Visitor.encode(answer));
        exchange.sendResponseHeaders(302, -1);
        exchange.close();
    }

    private void token(HttpExchange exchange) throws IOException {
        Map<String, String> sent =
                parameters(
                        new String(
                                exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        String basic =
                String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"))
                        .replaceFirst("^Basic ", "");
        String[] client =
                new String(Base64.getDecoder().decode(basic), StandardCharsets.UTF_8).split(":", 2);
        if (mood == Mood.SECRET_EXPIRED
                || !decoded(client[0]).equals(CLIENT)
                || !decoded(client[1]).equals(SECRET)) {
            json(exchange, 401, "{\"error\": \"invalid_client\"}");
            return;
        }
        if (mood == Mood.ENDLESS) {
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, 0);
            try (var body = exchange.getResponseBody()) {
                byte[] much = " ".repeat(100_000).getBytes(StandardCharsets.UTF_8);
                for (int i = 0; i < 10_000; i++) {
                    body.write(much);
                }
            }
            return;
        }
        Map<String, String> asked = codes.remove(sent.getOrDefault("code", ""));
        boolean right =
                asked != null
                        && sent.getOrDefault("grant_type", "").equals("authorization_code")
                        && Objects.equals(asked.get("redirect_uri"), sent.get("redirect_uri"))
                        && challenge(sent.getOrDefault("code_verifier", ""))
                                .equals(asked.get("code_challenge"));
        if (asked == null || !right) {
            json(exchange, 400, "{\"error\": \"invalid_grant\"}");
            return;
        }
        if (mood == Mood.NO_ID_TOKEN) {
            json(exchange, 200, "{\"access_token\": \"x\", \"token_type\": \"Bearer\"}");
            return;
        }
        json(
                exchange,
                200,
                "{\"access_token\": \"x\", \"token_type\": \"Bearer\", \"id_token\": \""
                        + idToken(asked)
                        + "\"}");
    }

    private String idToken(Map<String, String> asked) {
        Instant now = Instant.now();
        boolean anew = asked.getOrDefault("prompt", "").equals("login");
        boolean thin = mood == Mood.THIN || mood == Mood.THIN_OF_SOMEBODY_ELSE;
        JWTClaimsSet.Builder claims =
                new JWTClaimsSet.Builder()
                        .issuer(mood == Mood.OTHER_ISSUER ? "https://evil.example" : issuer())
                        .audience(mood == Mood.OTHER_AUDIENCE ? "somebody else" : CLIENT)
                        .subject(
                                mood == Mood.BLANK_SUBJECT
                                        ? ""
                                        : mood == Mood.UNPRINTABLE_SUBJECT ? "a\0b" : subject)
                        .claim("nonce", mood == Mood.OTHER_NONCE ? "another" : asked.get("nonce"))
                        .issueTime(Date.from(now))
                        .expirationTime(
                                Date.from(now.plusSeconds(mood == Mood.EXPIRED ? -600 : 300)));
        if (!thin) {
            claims.claim("email", email).claim("email_verified", verified);
        }
        if (mood != Mood.SILENT) {
            claims.claim("auth_time", now.minus(anew ? Duration.ZERO : provedAgo).getEpochSecond());
        }
        return signed(claims.build());
    }

    private void userInfo(HttpExchange exchange) throws IOException {
        boolean right = "Bearer x".equals(exchange.getRequestHeaders().getFirst("Authorization"));
        json(
                exchange,
                right ? 200 : 401,
                "{\"sub\": \"%s\", \"email\": \"%s\", \"email_verified\": %b}"
                        .formatted(
                                mood == Mood.THIN_OF_SOMEBODY_ELSE ? "another" : subject,
                                email,
                                verified));
    }

    private String signed(JWTClaimsSet claims) {
        if (mood == Mood.UNSIGNED) {
            return new PlainJWT(claims).serialize();
        }
        boolean symmetric = mood == Mood.SIGNED_WITH_THE_SECRET;
        try {
            JWSSigner signer =
                    symmetric
                            ? new MACSigner(
                                    SECRET.repeat(2)
                                            .substring(0, 32)
                                            .getBytes(StandardCharsets.UTF_8))
                            : new ECDSASigner(mood == Mood.OTHER_KEY ? foreign : key);
            SignedJWT signed =
                    new SignedJWT(
                            new JWSHeader.Builder(
                                            symmetric ? JWSAlgorithm.HS256 : JWSAlgorithm.ES256)
                                    .keyID("one")
                                    .build(),
                            claims);
            signed.sign(signer);
            return signed.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String challenge(String verifier) {
        try {
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(verifier.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, String> parameters(String form) {
        Map<String, String> found = new HashMap<>();
        for (String pair : form.split("&", -1)) {
            String[] halves = pair.split("=", 2);
            found.put(decoded(halves[0]), halves.length > 1 ? decoded(halves[1]) : "");
        }
        return found;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    private static void json(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    /** Signs in, and gives the address that the browser is sent back to. */
    static String at(String authorize) {
        return Visitor.location(new Visitor(origin(authorize)).get(authorize));
    }

    private static String origin(String address) {
        URI uri = URI.create(address);
        return uri.getScheme() + "://" + uri.getAuthority();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
