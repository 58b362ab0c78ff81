import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Signs people in by the browser's way, at Monban or at Keycloak: the form is fetched, sent, and
 * the code comes back.
 *
 * <pre>
 * java SignIns.java PRODUCT BASE rate SECONDS BROWSERS    prints sign-ins a second
 * java SignIns.java PRODUCT BASE tokens N                 prints an access token, then N refresh tokens
 * </pre>
 */
public final class SignIns {

    private static final String CALLBACK = "http://127.0.0.1:9/cb";
    private static final String VERIFIER = "bench-verifier-bench-verifier-bench-verifier-1";
    private static final String CLIENT = "bench";
    private static final String SECRET = "bench-secret-0123456789";
    private static final int PEOPLE = 8;
    private static final int WARMING_SECONDS = 3;
    private static final String PASSWORD = "correct-horse-1";

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final String base;
    private final boolean keycloak;

    private SignIns(String product, String base) {
        this.keycloak = product.equals("keycloak");
        this.base = base;
    }

    public static void main(String[] words) throws Exception {
        SignIns signIns = new SignIns(words[0], words[1]);
        if (words[2].equals("tokens")) {
            signIns.tokens(Integer.parseInt(words[3]));
        } else {
            signIns.rate(Integer.parseInt(words[3]), Integer.parseInt(words[4]));
        }
    }

    private String authorize() {
        return keycloak ? base + "/realms/bench/protocol/openid-connect/auth" : base + "/authorize";
    }

    private String token() {
        return keycloak
                ? base + "/realms/bench/protocol/openid-connect/token"
                : base + "/token";
    }

    private void rate(int seconds, int browsers) throws Exception {
        // The first seconds warm this program; they are not counted.
        long began = System.nanoTime() + WARMING_SECONDS * 1_000_000_000L;
        long until = began + seconds * 1_000_000_000L;
        int done = 0;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> counts = new ArrayList<>();
            for (int i = 0; i < browsers; i++) {
                String person = "person" + i % PEOPLE + "@t.example";
                counts.add(
                        threads.submit(
                                () -> {
                                    int count = 0;
                                    while (System.nanoTime() < until) {
                                        code(person, "openid");
                                        if (System.nanoTime() > began) {
                                            count++;
                                        }
                                    }
                                    return count;
                                }));
            }
            for (Future<Integer> count : counts) {
                done += count.get();
            }
        }
        System.out.printf("%.1f%n", done / ((System.nanoTime() - began) / 1e9));
    }

    private void tokens(int count) throws Exception {
        for (int i = 0; i < count + 1; i++) {
            HttpResponse<String> answer =
                    HTTP.send(
                            post(
                                            token(),
                                            Map.of(
                                                    "grant_type", "authorization_code",
                                                    "code", code("person" + i % PEOPLE + "@t.example", "openid profile email offline_access"),
                                                    "redirect_uri", CALLBACK,
                                                    "code_verifier", VERIFIER))
                                    .header(
                                            "Authorization",
                                            "Basic "
                                                    + Base64.getEncoder()
                                                            .encodeToString(
                                                                    (CLIENT + ":" + SECRET)
                                                                            .getBytes(
                                                                                    StandardCharsets.UTF_8)))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            System.out.println(
                    field(answer.body(), i == 0 ? "access_token" : "refresh_token"));
        }
    }

    private static String field(String json, String name) {
        Matcher matcher = Pattern.compile("\"" + name + "\":\"([^\"]+)\"").matcher(json);
        if (!matcher.find()) {
            throw new IllegalStateException(json);
        }
        return matcher.group(1);
    }

    /** One sign-in of a browser that was never here before. */
    private String code(String person, String scope) throws Exception {
        Map<String, String> cookies = new TreeMap<>();
        Map<String, String> request = new LinkedHashMap<>();
        request.put("response_type", "code");
        request.put("client_id", CLIENT);
        request.put("redirect_uri", CALLBACK);
        request.put("scope", scope);
        request.put("state", "s");
        request.put("nonce", "n");
        request.put("code_challenge_method", "S256");
        request.put(
                "code_challenge",
                Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(
                                MessageDigest.getInstance("SHA-256")
                                        .digest(VERIFIER.getBytes(StandardCharsets.US_ASCII))));
        String address = authorize() + "?" + encode(request);
        HttpResponse<String> page = get(address, cookies);
        while (page.statusCode() / 100 == 3) {
            address = URI.create(address).resolve(location(page)).toString();
            page = get(address, cookies);
        }
        Matcher action = Pattern.compile("<form[^>]* action=\"([^\"]+)\"").matcher(page.body());
        if (!action.find()) {
            throw new IllegalStateException(page.statusCode() + " " + page.body());
        }
        Map<String, String> form = new LinkedHashMap<>();
        Matcher hidden =
                Pattern.compile("<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"")
                        .matcher(page.body());
        while (hidden.find()) {
            form.put(hidden.group(1), hidden.group(2).replace("&amp;", "&"));
        }
        form.put(keycloak ? "username" : "identifier", person);
        form.put("password", PASSWORD);
        address =
                URI.create(address).resolve(action.group(1).replace("&amp;", "&")).toString();
        HttpResponse<String> answer = send(post(address, form), cookies);
        while (!location(answer).startsWith(CALLBACK)) {
            if (location(answer).isEmpty()) {
                throw new IllegalStateException(answer.statusCode() + " " + answer.body());
            }
            address = URI.create(address).resolve(location(answer)).toString();
            answer = get(address, cookies);
        }
        Matcher code = Pattern.compile("[?&]code=([^&]+)").matcher(location(answer));
        if (!code.find()) {
            throw new IllegalStateException(location(answer));
        }
        return URLDecoder.decode(code.group(1), StandardCharsets.UTF_8);
    }

    private static HttpResponse<String> get(String address, Map<String, String> cookies)
            throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(address)), cookies);
    }

    private static HttpRequest.Builder post(String address, Map<String, String> form) {
        return HttpRequest.newBuilder(URI.create(address))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(encode(form)));
    }

    private static HttpResponse<String> send(
            HttpRequest.Builder request, Map<String, String> cookies)
            throws IOException, InterruptedException {
        if (!cookies.isEmpty()) {
            request.header(
                    "Cookie",
                    cookies.entrySet().stream()
                            .map(e -> e.getKey() + "=" + e.getValue())
                            .collect(Collectors.joining("; ")));
        }
        HttpResponse<String> response =
                HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        for (String cookie : response.headers().allValues("Set-Cookie")) {
            String[] pair = cookie.split(";", 2)[0].split("=", 2);
            cookies.put(pair[0], pair[1]);
        }
        return response;
    }

    /** Monban's page that leads on by itself. */
    private static final Pattern REFRESH =
            Pattern.compile("http-equiv=\"refresh\" content=\"0;url=([^\"]*)\"");

    private static String location(HttpResponse<String> response) {
        return response.headers()
                .firstValue("Location")
                .orElseGet(() -> {
                    Matcher page = REFRESH.matcher(response.body());
                    return page.find() ? page.group(1).replace("&amp;", "&") : "";
                });
    }

    private static String encode(Map<String, String> form) {
        return form.entrySet().stream()
                .map(
                        e ->
                                URLEncoder.encode(e.getKey(), StandardCharsets.UTF_8)
                                        + "="
                                        + URLEncoder.encode(e.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }
}
