package dev.monban.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Every field of every endpoint gets nonsense; every answer is an error with a name. */
class BadInputTest {

    private static final List<String> NONSENSE =
            List.of(
                    "",
                    " ",
                    "-",
                    "0",
                    "-1",
                    "99999999999999999999",
                    "true",
                    "null",
                    "[]",
                    "{\"id_token\":{\"acr\":5}}",
                    "é",
                    "\u202e髙\uD83D\uDE00",
                    "\"\\",
                    "a b  c",
                    "' or 1=1 --",
                    "../../etc/passwd",
                    "x".repeat(3000),
                    "x".repeat(60_000));

    private static final Map<String, Map<String, String>> FORMS = forms();

    private final GateProcess gate = House.gate();

    private static Map<String, Map<String, String>> forms() {
        Map<String, Map<String, String>> forms = new LinkedHashMap<>();
        Map<String, String> authorization =
                new Party(House.gate(), "crm")
                        .request(
                                "prompt", "login",
                                "max_age", "10",
                                "ui_locales", "ja",
                                "acr_values", "aal1",
                                "claims", "{}",
                                "login_hint", "x",
                                "id_token_hint", "x",
                                "display", "page",
                                "dpop_jkt", "x",
                                "resource", "https://a.example",
                                "response_mode", "query");
        forms.put("/par", authorization);
        forms.put(
                "/token",
                Map.of(
                        "grant_type", "authorization_code",
                        "code", "mnb_ac_x",
                        "code_verifier", "x",
                        "redirect_uri", "x",
                        "refresh_token", "x",
                        "device_code", "x",
                        "scope", "x",
                        "client_assertion", "x",
                        "client_assertion_type", "x"));
        forms.put("/introspect", Map.of("token", "x", "token_type_hint", "x"));
        forms.put("/revoke", Map.of("token", "x", "token_type_hint", "x"));
        forms.put("/device_authorization", Map.of("scope", "openid"));
        forms.put("/userinfo", Map.of("access_token", "x"));
        return forms;
    }

    @Test
    void everyFieldOfTheBackChannel() {
        Visitor visitor = new Visitor(gate);
        String basic = Party.basic("crm", House.SECRET);
        FORMS.forEach((path, form) -> {
            for (String field : form.keySet()) {
                for (String nonsense : NONSENSE) {
                    Map<String, String> sent = new LinkedHashMap<>(form);
                    sent.put(field, nonsense);
                    HttpResponse<String> answer = visitor.post(path, sent, "Authorization", basic);
                    expectNamedError(path + " " + field + "=" + cut(nonsense), answer);
                }
                String twice = Visitor.encode(form) + "&" + field + "=other";
                HttpResponse<String> answer =
                        visitor.send("POST", path, twice, "Authorization", basic);
                if (!path.equals("/userinfo")) {
                    assertEquals("400 invalid_request", Party.error(answer), path + " " + field);
                }
            }
            for (String body :
                    List.of("%", "a=%zz", "a=%ff%fe", "a=%00", "&&&=&", "=".repeat(5000))) {
                expectNamedError(
                        path + " body " + cut(body),
                        visitor.send("POST", path, body, "Authorization", basic));
            }
            for (String type :
                    List.of("application/json", "multipart/form-data", "text/plain", "???")) {
                expectNamedError(
                        path + " as " + type,
                        visitor.send(
                                "POST", path, "{}", "Authorization", basic, "Content-Type", type));
            }
            for (String header : List.of("Basic", "Basic %%%", "Bearer", "DPoP x", "x")) {
                expectNamedError(
                        path + " " + header, visitor.post(path, form, "Authorization", header));
            }
            for (String proof : List.of("x", "a.b.c", "e30.e30.", "é")) {
                if (!proof.equals("é")) {
                    expectNamedError(
                            path + " DPoP " + proof,
                            visitor.post(path, form, "Authorization", basic, "DPoP", proof));
                }
            }
        });
    }

    @Test
    void everyFieldOfThePages() {
        Visitor visitor = new Visitor(gate);
        visitor.signIn("/login", House.SATO, House.SATO_PASSWORD);
        String token =
                Visitor.hidden(visitor.get("/account").body()).getOrDefault("form_token", "");
        List<String> paths = new ArrayList<>();
        for (String nonsense : NONSENSE) {
            String encoded = URLEncoder.encode(nonsense, StandardCharsets.UTF_8);
            if (nonsense.length() > 5000) {
                continue;
            }
            for (String field : FORMS.getOrDefault("/par", Map.of()).keySet()) {
                Map<String, String> form =
                        new LinkedHashMap<>(FORMS.getOrDefault("/par", Map.of()));
                form.put(field, nonsense);
                paths.add(Party.path(form));
            }
            paths.add("/login?request=" + encoded);
            paths.add("/login?lang=" + encoded);
            paths.add("/authorize/continue?request=" + encoded);
            paths.add("/authorize/consent?request=" + encoded);
            paths.add("/authorize/account?request=" + encoded);
            paths.add("/device?user_code=" + encoded);
            for (String field :
                    List.of("id_token_hint", "client_id", "post_logout_redirect_uri", "state")) {
                paths.add("/logout?" + field + "=" + encoded);
            }
        }
        for (String path : paths) {
            expectNoFault(cut(path), visitor.get(path));
        }
        for (String form :
                List.of(
                        "/login",
                        "/account/session/end",
                        "/authorize/account",
                        "/authorize/consent",
                        "/device",
                        "/logout/confirm")) {
            for (String nonsense : NONSENSE) {
                for (String field :
                        List.of(
                                "request",
                                "session",
                                "choice",
                                "user_code",
                                "back",
                                "client_id",
                                "identifier",
                                "password",
                                "form_token")) {
                    Map<String, String> sent = new LinkedHashMap<>();
                    sent.put("form_token", token);
                    sent.put(field, nonsense);
                    expectNoFault(form + " " + field, visitor.post(form, sent));
                }
            }
        }
    }

    private static void expectNamedError(String what, HttpResponse<String> answer) {
        expectNoFault(what, answer);
        if (answer.statusCode() >= 400) {
            Object error = Party.json(answer).get("error");
            assertTrue(error instanceof String, what + ": " + answer.body());
            assertTrue(String.valueOf(error).matches("[a-z_]+"), what + ": " + answer.body());
        }
    }

    private static void expectNoFault(String what, HttpResponse<String> answer) {
        assertTrue(answer.statusCode() < 500, what + ": " + answer.statusCode() + answer.body());
        assertFalse(answer.body().contains("Exception"), what + ": " + answer.body());
    }

    private static String cut(String text) {
        return text.substring(0, Math.min(80, text.length()));
    }
}
