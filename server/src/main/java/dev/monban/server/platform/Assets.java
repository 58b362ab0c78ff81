package dev.monban.server.platform;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Style sheets, scripts and pictures, each at an address that changes with its content. */
public final class Assets {

    private static final Map<String, String> TYPES =
            Map.of(
                    "monban.css", "text/css; charset=utf-8",
                    "mark.svg", "image/svg+xml",
                    "password.js", "text/javascript; charset=utf-8",
                    "passkey.js", "text/javascript; charset=utf-8",
                    "form-post.js", "text/javascript; charset=utf-8",
                    "htmx.min.js", "text/javascript; charset=utf-8");

    /** Where the libraries' jars keep theirs. */
    private static final Map<String, String> ELSEWHERE =
            Map.of("htmx.min.js", "/META-INF/resources/webjars/htmx.org/2.0.8/dist/htmx.min.js");

    private final Map<String, String> paths = new LinkedHashMap<>();

    /** Asked for by browsers that show something other than a page of ours. */
    private static final String ICON = "favicon.ico";

    private static final String REASON = "the same bytes for everybody, made when the gate starts";

    /** Loads them all and hangs them in. */
    public Assets(Routes routes) {
        TYPES.forEach((name, type) -> {
            byte[] content = load(name);
            String digest = Tokens.base64Url(Tokens.sha256(content)).substring(0, 10);
            String path = "/assets/" + digest + "/" + name;
            Reply reply =
                    Reply.bytes(200, type, content)
                            .header("Cache-Control", "public, max-age=31536000, immutable");
            paths.put(name, path);
            routes.unlimited("GET", path, REASON, request -> reply);
        });
        Reply icon =
                Reply.bytes(200, "image/x-icon", load(ICON))
                        .header("Cache-Control", "public, max-age=86400");
        routes.unlimited("GET", "/" + ICON, REASON, request -> icon);
    }

    /** The address of this file. */
    public String path(String name) {
        String path = paths.get(name);
        if (path == null) {
            throw new IllegalArgumentException("no asset " + name);
        }
        return path;
    }

    private static byte[] load(String name) {
        try (InputStream in =
                Assets.class.getResourceAsStream(ELSEWHERE.getOrDefault(name, "/assets/" + name))) {
            if (in == null) {
                throw new IllegalStateException("no asset " + name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
