package dev.monban.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A state of 4 KB goes there and back, and no answer on the way has more header bytes than the
 * smallest buffer of a proxy (nginx: proxy_buffer_size 4k), nor an address of ours more than its
 * request line (large_client_header_buffers 8k).
 */
class SizesTest {

    private static final int MAX_HEADER_BYTES = 3 * 1024;
    private static final int MAX_REQUEST_LINE_BYTES = 8 * 1024;
    private static final int MAX_STATE = 4096;

    private final GateProcess gate = House.gate();
    private final Party crm = new Party(gate, "crm");
    private final Party pusher = new Party(gate, "pusher");

    /** A state that cannot be packed: letters and digits by chance, always the same ones. */
    static String state(int characters) {
        StringBuilder state = new StringBuilder(characters);
        new java.util.Random(11)
                .ints(characters, 0, 64)
                .forEach(i ->
                        state.append(
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
                                        .charAt(i)));
        return state.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "login", "consent"})
    void aStateOf4KbComesBackWithoutALargeAnswer(String prompt) {
        for (String kind : List.of("letters", "signs")) {
            String state = state(MAX_STATE);
            if (kind.equals("signs")) {
                // What encoders make of bytes: every fourth character needs three in an address.
                state = state.replace('A', '=').replaceAll("[B-P]", "+").substring(0, MAX_STATE);
            }
            Map<String, String> request = crm.request("state", state, "prompt", prompt);
            comesBack(state, end(Party.path(request)));
        }
    }

    @Test
    void aPushedStateOf4KbToo() {
        Map<String, String> request = pusher.request("state", state(MAX_STATE), "scope", "openid");
        HttpResponse<String> pushed = pusher.post("/par", request, "client_id", "");
        assertEquals(201, pushed.statusCode(), pushed.body());
        String address =
                "/authorize?client_id=pusher&request_uri=" + Party.json(pushed).get("request_uri");
        comesBack(state(MAX_STATE), end(address));
    }

    @Test
    void alsoWhereTheRequestComesByPost() {
        Visitor visitor = new Visitor(gate);
        HttpResponse<String> answer =
                visitor.post("/authorize", crm.request("state", state(MAX_STATE)));
        small(answer);
        comesBack(state(MAX_STATE), end(visitor, Visitor.location(answer)));
    }

    @Test
    void aLongerStateIsRefusedAtTheClient() {
        HttpResponse<String> answer =
                new Visitor(gate).get(Party.path(crm.request("state", state(MAX_STATE + 1))));
        assertEquals(
                "invalid_request", Visitor.parameter(Visitor.location(answer), "error").orElse(""));
    }

    @Test
    void aRequestThatNoAddressCarriesIsRefusedAtTheClient() {
        StringBuilder hint = new StringBuilder();
        new java.util.Random(5).ints(2000, 0x4e00, 0x9000).forEach(hint::appendCodePoint);
        HttpResponse<String> answer =
                new Visitor(gate)
                        .post(
                                "/authorize",
                                crm.request(
                                        "login_hint", hint.toString(), "state", state(MAX_STATE)));
        String refused = Visitor.location(answer);
        assertEquals("invalid_request", Visitor.parameter(refused, "error").orElse(""));
        assertTrue(
                Visitor.parameter(refused, "error_description").orElse("").contains("/par"),
                shown(refused));
    }

    private static String shown(String address) {
        return address.substring(0, Math.min(60, address.length()));
    }

    private static void comesBack(String state, String address) {
        String back = Visitor.parameter(address, "state").orElse("");
        assertTrue(state.equals(back), back.length() + " characters came back");
    }

    private String end(String address) {
        return end(new Visitor(gate), address);
    }

    /** Goes through all pages until the client gets its answer; looks at each answer's size. */
    private String end(Visitor visitor, String address) {
        List<String> way = new ArrayList<>();
        String at = address;
        while (!at.startsWith(House.CALLBACK)) {
            way.add(shown(at));
            assertTrue(way.size() < 12, way.toString());
            HttpResponse<String> answer = get(visitor, at);
            if (Visitor.location(answer).isEmpty()) {
                Map<String, String> form = new LinkedHashMap<>(Visitor.hidden(answer.body()));
                boolean login = answer.body().contains("name=\"password\"");
                form.put("identifier", House.SATO);
                form.put("password", House.SATO_PASSWORD);
                form.put("choice", "allow");
                answer = visitor.post(login ? "/login" : "/authorize/consent", form);
                small(answer);
            }
            at = Visitor.location(answer);
            assertTrue(!at.isEmpty(), way + " " + answer.statusCode() + answer.body());
        }
        return at;
    }

    private static HttpResponse<String> get(Visitor visitor, String path) {
        boolean ours = !path.startsWith("/authorize?");
        int line = ("GET " + path + " HTTP/1.1\r\n").getBytes(StandardCharsets.UTF_8).length;
        assertTrue(!ours || line <= MAX_REQUEST_LINE_BYTES, line + " bytes: " + shown(path));
        HttpResponse<String> answer = visitor.get(path);
        small(answer);
        return answer;
    }

    private static void small(HttpResponse<String> answer) {
        int bytes =
                "HTTP/1.1 200 OK\r\n\r\n".length()
                        + answer.headers().map().entrySet().stream()
                                .flatMapToInt(header ->
                                        header.getValue().stream()
                                                .mapToInt(value ->
                                                        header.getKey().length()
                                                                + value.length()
                                                                + ": \r\n".length()))
                                .sum();
        URI address = answer.uri();
        assertTrue(bytes <= MAX_HEADER_BYTES, bytes + " header bytes at " + address.getPath());
    }
}
