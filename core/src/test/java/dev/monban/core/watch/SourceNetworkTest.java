package dev.monban.core.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourceNetworkTest {

    @ParameterizedTest(name = "{0} and {1}: {2}")
    @CsvSource({
        "2001:db8:1:2::1,  2001:db8:1:2:ffff:ffff:ffff:ffff, true",
        "2001:db8:1:2::1,  2001:db8:1:3::1,                  false",
        "192.0.2.7,        192.0.2.7,                        true",
        "192.0.2.7,        192.0.2.8,                        false",
        "::ffff:192.0.2.7, ::ffff:192.0.2.8,                 false",
        "no:address,       no:address,                       true"
    })
    void theWatchAndEverybodyElseMeanTheSameSource(String one, String other, boolean same) {
        Hash hash = new Hash(7);
        assertEquals(same, SourceNetwork.of(one).equals(SourceNetwork.of(other)));
        assertEquals(same, hash.ofSource(one) == hash.ofSource(other));
    }
}
