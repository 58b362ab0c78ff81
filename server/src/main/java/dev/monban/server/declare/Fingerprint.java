package dev.monban.server.declare;

import dev.monban.server.platform.Purpose;
import dev.monban.server.platform.Vault;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * By what a declared state is known again: a keyed hash of what is applied to the database, which
 * is its organisations, accounts and clients, secrets included, in an order that does not depend on
 * how sets are kept. Comments and the order of keys in the file do not count. Without the master
 * key, a password that few would guess is not found by it.
 */
final class Fingerprint {

    private static final Purpose PURPOSE = Purpose.of("declared state");

    private Fingerprint() {}

    /** 32 bytes. */
    static byte[] of(State state, Vault vault) {
        return vault.tag(
                PURPOSE, written(List.of(state.tenants(), state.accounts(), state.clients())));
    }

    /** Each value with its length before it, so that no two states are written alike. */
    private static String written(@Nullable Object value) {
        String text =
                switch (value) {
                    case null -> "-";
                    case Optional<?> optional -> "?" + written(optional.orElse(null));
                    case Set<?> set ->
                            "{"
                                    + String.join(
                                            "",
                                            set.stream()
                                                    .map(Fingerprint::written)
                                                    .sorted()
                                                    .toList());
                    case Collection<?> list ->
                            "[" + String.join("", list.stream().map(Fingerprint::written).toList());
                    case Map<?, ?> map -> {
                        Map<String, String> sorted = new TreeMap<>();
                        map.forEach((key, one) -> sorted.put(written(key), written(one)));
                        yield "<" + sorted;
                    }
                    case Record record -> components(record);
                    default -> "=" + value;
                };
        return text.length() + ":" + text;
    }

    private static String components(Record record) {
        StringBuilder all = new StringBuilder(record.getClass().getSimpleName());
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            try {
                component.getAccessor().setAccessible(true);
                all.append(component.getName())
                        .append(written(component.getAccessor().invoke(record)));
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("a component of a record can be read", e);
            }
        }
        return all.toString();
    }
}
