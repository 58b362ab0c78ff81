package dev.monban.server.platform.outgoing;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What is sent.
 *
 * @param headers by name; {@code Content-Type} among them where there is a body
 * @param body of a POST; a GET without
 */
public record OutgoingRequest(URI target, Map<String, String> headers, Optional<byte[]> body) {

    public OutgoingRequest {
        headers = Map.copyOf(headers);
    }

    public static OutgoingRequest get(URI target) {
        return new OutgoingRequest(target, Map.of(), Optional.empty());
    }

    /**
     * A POST.
     *
     * @param contentType such as {@code application/json}
     */
    public static OutgoingRequest post(URI target, String contentType, String body) {
        return new OutgoingRequest(
                target,
                Map.of("Content-Type", contentType),
                Optional.of(body.getBytes(StandardCharsets.UTF_8)));
    }

    /** The same with another header. */
    public OutgoingRequest with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new OutgoingRequest(target, more, body);
    }

    /** Headers and body may hold secrets. */
    @Override
    public String toString() {
        return (body.isPresent() ? "POST to " : "GET of ") + target.getHost();
    }
}
