package dev.monban.server.command;

import dev.monban.server.platform.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A client of a {@link ClockedGate}: calls the back channel, rightly or wrongly. */
final class Program {

    static final String VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk-for-tests";
    static final String CHALLENGE = "Wei69_lp1yodqGwUKE_8RAKa070oGEj0UmgW5JFoBnI";
    static final String CALLBACK = "http://localhost:4711/callback";

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final ClockedGate gate;
    private final String address;
    private final String userAgent;

    /**
     * @param address where its requests come from
     */
    Program(ClockedGate gate, String address) {
        this(gate, address, "a-client/1.0");
    }

    Program(ClockedGate gate, String address, String userAgent) {
        this.gate = gate;
        this.address = address;
        this.userAgent = userAgent;
    }

    /** An answer: its status and its body. */
    record Answer(int status, String body, java.net.http.HttpHeaders headers) {

        Map<String, Object> json() {
            try {
                return Json.object(body);
            } catch (ParseException e) {
                throw new IllegalStateException(status + " " + body, e);
            }
        }

        String error() {
            return status + " " + json().get("error");
        }

        String text(String name) {
            return String.valueOf(json().get(name));
        }
    }

    /** Posts a form; headers are names and values in turn. */
    Answer post(String path, Map<String, String> form, String... headers) {
        return send(path, encode(form), headers);
    }

    /** Posts a form that is encoded already. */
    Answer send(String path, String body, String... headers) {
        List<String> all =
                new ArrayList<>(
                        List.of(
                                "X-Forwarded-For",
                                address,
                                "User-Agent",
                                userAgent,
                                "Content-Type",
                                "application/x-www-form-urlencoded"));
        all.addAll(List.of(headers));
        HttpRequest request =
                HttpRequest.newBuilder(gate.address(path))
                        .headers(all.toArray(String[]::new))
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build();
        try {
            HttpResponse<String> answer = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
            return new Answer(answer.statusCode(), answer.body(), answer.headers());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The parameters of a good authorization request, with changes; an empty value takes away. */
    static Map<String, String> authorization(String client, String... changes) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("response_type", "code");
        parameters.put("client_id", client);
        parameters.put("redirect_uri", CALLBACK);
        parameters.put("scope", "openid");
        parameters.put("state", "the-state");
        parameters.put("nonce", "the-nonce");
        parameters.put("code_challenge", CHALLENGE);
        parameters.put("code_challenge_method", "S256");
        for (int i = 0; i < changes.length; i += 2) {
            if (changes[i + 1].isEmpty()) {
                parameters.remove(changes[i]);
            } else {
                parameters.put(changes[i], changes[i + 1]);
            }
        }
        return parameters;
    }

    static String encode(Map<String, String> form) {
        return form.entrySet().stream()
                .map(e ->
                        URLEncoder.encode(e.getKey(), StandardCharsets.UTF_8)
                                + "="
                                + URLEncoder.encode(e.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    /** The header of client_secret_basic, with the secret as it is. */
    static String basic(String id, String secret) {
        return "Basic "
                + Base64.getEncoder()
                        .encodeToString((id + ":" + secret).getBytes(StandardCharsets.UTF_8));
    }

    static Map<String, String> form(String grantType, String... more) {
        Map<String, String> form = new LinkedHashMap<>();
        form.put("grant_type", grantType);
        for (int i = 0; i < more.length; i += 2) {
            form.put(more[i], more[i + 1]);
        }
        return form;
    }

    /** Asks for a token for the client itself. */
    Answer machine(String client, String secret) {
        return post("/token", form("client_credentials"), "Authorization", basic(client, secret));
    }

    /** Asks for a token with the proof of the client {@code crm}. */
    Answer crm(Map<String, String> form) {
        return post("/token", form, "Authorization", basic("crm", Programs.SECRET));
    }

    /** Redeems a code of {@code crm}, with changes; an empty value takes a parameter away. */
    Answer redeem(String code, String... changes) {
        Map<String, String> form =
                form(
                        "authorization_code",
                        "code",
                        code,
                        "redirect_uri",
                        CALLBACK,
                        "code_verifier",
                        VERIFIER);
        for (int i = 0; i < changes.length; i += 2) {
            if (changes[i + 1].isEmpty()) {
                form.remove(changes[i]);
            } else {
                form.put(changes[i], changes[i + 1]);
            }
        }
        return crm(form);
    }

    Answer refresh(String token) {
        return crm(form("refresh_token", "refresh_token", token));
    }

    /** Asks for a token for the client itself by an assertion. */
    Answer assertion(String assertion) {
        return post(
                "/token",
                form(
                        "client_credentials",
                        "client_assertion_type",
                        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                        "client_assertion",
                        assertion));
    }

    /** The code that somebody who is signed in gets for a client. */
    static String code(ClockedGate.Person person, String client) {
        String answer = person.get("/authorize?" + encode(authorization(client))).location();
        if (!answer.startsWith(CALLBACK + "?code=")) {
            throw new IllegalStateException(answer);
        }
        return answer.replaceFirst(".*[?&]code=([^&]*).*", "$1");
    }
}
