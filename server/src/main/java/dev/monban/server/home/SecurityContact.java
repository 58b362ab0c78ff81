package dev.monban.server.home;

import java.util.List;
import java.util.Optional;

/**
 * Whom somebody tells who has found a weakness (RFC 9116).
 *
 * @param addresses as URIs, such as {@code mailto:security@example.com}; the preferred one first
 * @param policy where it stands how reports are treated
 */
public record SecurityContact(List<String> addresses, Optional<String> policy) {

    public SecurityContact {
        addresses = List.copyOf(addresses);
    }
}
