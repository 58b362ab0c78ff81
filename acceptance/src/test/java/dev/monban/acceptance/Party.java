package dev.monban.acceptance;

import com.nimbusds.jose.util.JSONObjectUtils;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.text.ParseException;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** A relying party that knows the protocol and can be told to get it wrong. */
final class Party {

    static final String VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk-for-tests";

    private final GateProcess gate;
    private final String client;
    private final Visitor back;

    Party(GateProcess gate, String client) {
        this.gate = gate;
        this.client = client;
        this.back = new Visitor(gate);
    }

    /** The parameters of a good authorization request. */
    Map<String, String> request() {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("response_type", "code");
        parameters.put("client_id", client);
        parameters.put("redirect_uri", House.CALLBACK);
        parameters.put("scope", "openid profile email");
        parameters.put("state", "the-state");
        parameters.put("nonce", "the-nonce");
        parameters.put("code_challenge", challenge(VERIFIER));
        parameters.put("code_challenge_method", "S256");
        return parameters;
    }

    /** The same with some changed; an empty value takes the parameter away. */
    Map<String, String> request(String... changes) {
        Map<String, String> parameters = request();
        for (int i = 0; i < changes.length; i += 2) {
            if (changes[i + 1].isEmpty()) {
                parameters.remove(changes[i]);
            } else {
                parameters.put(changes[i], changes[i + 1]);
            }
        }
        return parameters;
    }

    static String path(Map<String, String> parameters) {
        return "/authorize?" + Visitor.encode(parameters);
    }

    /** Leads the visitor through the sign-in and gives the code. */
    String code(Visitor visitor, String... changes) {
        return Visitor.parameter(answer(visitor, changes), "code").orElseThrow();
    }

    /**
     * Leads the visitor through the sign-in where one is needed, and gives the answer's address.
     */
    String answer(Visitor visitor, String... changes) {
        HttpResponse<String> response = visitor.get(path(request(changes)));
        String location = Visitor.location(response);
        if (location.startsWith("/login")) {
            response = visitor.signIn(location, House.SATO, House.SATO_PASSWORD);
            location = Visitor.location(visitor.get(Visitor.location(response)));
        }
        if (location.startsWith("/authorize/consent")) {
            Map<String, String> form = Visitor.hidden(visitor.get(location).body());
            form.put("choice", "allow");
            location = Visitor.location(visitor.post("/authorize/consent", form));
        }
        return location;
    }

    /** Redeems a code. */
    HttpResponse<String> redeem(String code, String... changes) {
        Map<String, String> form = new HashMap<>();
        form.put("grant_type", "authorization_code");
        form.put("code", code);
        form.put("redirect_uri", House.CALLBACK);
        form.put("code_verifier", VERIFIER);
        return token(form, changes);
    }

    HttpResponse<String> refresh(String token, String... changes) {
        Map<String, String> form = new HashMap<>();
        form.put("grant_type", "refresh_token");
        form.put("refresh_token", token);
        return token(form, changes);
    }

    /** Asks the token endpoint, with the secret unless the form names a client itself. */
    HttpResponse<String> token(Map<String, String> form, String... changes) {
        return post("/token", form, changes);
    }

    HttpResponse<String> post(String path, Map<String, String> form, String... changes) {
        Map<String, String> sent = new LinkedHashMap<>(form);
        for (int i = 0; i < changes.length; i += 2) {
            if (changes[i + 1].isEmpty()) {
                sent.remove(changes[i]);
            } else {
                sent.put(changes[i], changes[i + 1]);
            }
        }
        if (sent.containsKey("client_id")) {
            return back.post(path, sent);
        }
        return back.post(path, sent, "Authorization", basic(client, House.SECRET));
    }

    /** All tokens at once, for a visitor. */
    Map<String, Object> tokens(Visitor visitor, String... changes) {
        return json(redeem(code(visitor, changes)));
    }

    boolean isActive(String token) {
        return Boolean.TRUE.equals(json(post("/introspect", Map.of("token", token))).get("active"));
    }

    GateProcess gate() {
        return gate;
    }

    static String basic(String id, String secret) {
        return "Basic "
                + Base64.getEncoder()
                        .encodeToString((id + ":" + secret).getBytes(StandardCharsets.UTF_8));
    }

    static Map<String, Object> json(HttpResponse<String> response) {
        try {
            return JSONObjectUtils.parse(response.body());
        } catch (ParseException e) {
            throw new IllegalStateException(response.statusCode() + " " + response.body(), e);
        }
    }

    static String error(HttpResponse<String> response) {
        return response.statusCode() + " " + json(response).get("error");
    }

    static String challenge(String verifier) {
        try {
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(verifier.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
