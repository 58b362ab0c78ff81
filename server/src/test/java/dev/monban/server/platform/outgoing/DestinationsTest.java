package dev.monban.server.platform.outgoing;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DestinationsTest {

    private static boolean goes(List<String> allowed, String uri, String... addresses) {
        try {
            Destinations.allowing(allowed)
                    .check(
                            Destinations.target(URI.create(uri)),
                            List.of(addresses).stream().map(InetAddress::ofLiteral).toList());
            return true;
        } catch (CallFailed e) {
            assertEquals(Result.REFUSED, e.result());
            return false;
        }
    }

    /** The first and the last address of each network that is none of the public Internet. */
    @ParameterizedTest
    @CsvSource({
        "0.0.0.0, 0.255.255.255",
        "10.0.0.0, 10.255.255.255",
        "100.64.0.0, 100.127.255.255",
        "127.0.0.0, 127.255.255.255",
        "169.254.0.0, 169.254.255.255",
        "172.16.0.0, 172.31.255.255",
        "192.0.0.0, 192.0.0.255",
        "192.168.0.0, 192.168.255.255",
        "198.18.0.0, 198.19.255.255",
        "224.0.0.0, 255.255.255.255",
        "fc00::, fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "fe80::, febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "ff00::, ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "::, ::1",
        "64:ff9b::a00:0, 64:ff9b::aff:ffff",
        "64:ff9b:1::, 64:ff9b:1:ffff:ffff:ffff:ffff:ffff",
        "2001::, 2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff",
        "2001:db8::, 2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
        "2002::, 2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "4000::, fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "168.63.129.16, 169.254.169.254",
    })
    void internalNetworksAreRefusedFromTheirFirstAddressToTheirLast(String first, String last) {
        for (String address : List.of(first, last)) {
            assertTrue(!goes(List.of(), "https://idp.example/", address), address);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.0.0.0",
                "9.255.255.255",
                "11.0.0.0",
                "100.63.255.255",
                "100.128.0.0",
                "126.255.255.255",
                "128.0.0.0",
                "169.253.255.255",
                "169.255.0.0",
                "172.15.255.255",
                "172.32.0.0",
                "192.167.255.255",
                "192.169.0.0",
                "223.255.255.255",
                "2001:200::",
                "2606:4700::1",
                "3ffe::1",
                "64:ff9b::808:808",
            })
    void whatLiesBesideThemIsPublic(String address) {
        assertTrue(goes(List.of(), "https://idp.example/", address), address);
        assertTrue(!goes(List.of(), "http://idp.example/", address), "plain http to " + address);
    }

    @Test
    void theOperatorsExceptionsReachAsFarAsTheyAreWritten() {
        List<String> network = List.of("10.0.5.0/24");
        assertTrue(goes(network, "http://hook.example/", "10.0.5.255"));
        assertTrue(!goes(network, "https://hook.example/", "10.0.6.0"));
        assertTrue(!goes(network, "https://hook.example/", "10.0.5.1", "10.0.6.0"));
        List<String> name = List.of("IdP.internal");
        assertTrue(goes(name, "http://idp.internal:8080/", "192.168.7.7"));
        assertTrue(!goes(name, "http://idp.internal.example/", "192.168.7.7"));
        assertTrue(!goes(name, "https://other.internal/", "192.168.7.7"));
        List<String> port = List.of("127.0.0.1:8099", "[fd00::7]:443", "localhost:1");
        assertTrue(goes(port, "http://127.0.0.1:8099/", "127.0.0.1"));
        assertTrue(!goes(port, "http://127.0.0.1:9090/", "127.0.0.1"));
        assertTrue(goes(port, "https://[fd00::7]/", "fd00::7"));
        assertTrue(!goes(port, "https://[fd00::8]/", "fd00::8"));
        assertTrue(!goes(port, "http://localhost/", "127.0.0.1"));
        assertTrue(goes(List.of("::1"), "http://[::1]:5/", "::1"));
    }

    /** The credentials of the machine are nothing that a network or a name gives by the way. */
    @Test
    void metadataIsExemptOnlyByItsVeryAddress() {
        String uri = "http://meta.internal/";
        assertTrue(!goes(List.of("169.254.0.0/16"), uri, "169.254.169.254"));
        assertTrue(!goes(List.of("fd00::/8"), uri, "fd00:ec2::254"));
        assertTrue(!goes(List.of("meta.internal"), uri, "169.254.169.254"));
        assertTrue(goes(List.of("169.254.169.254"), uri, "169.254.169.254"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0",
                "256.0.0.1",
                "host:0",
                "host:65536",
                "-x.example",
                "a b",
                "*.example",
                "https://idp.example",
                "fd00::/8:443",
                "[fd00::1",
            })
    void whatIsNoExceptionIsNamed(String text) {
        IllegalArgumentException fault =
                assertThrows(
                        IllegalArgumentException.class, () -> Destinations.allowing(List.of(text)));
        assertTrue(
                String.valueOf(fault.getMessage()).contains("'" + text + "'"),
                String.valueOf(fault.getMessage()));
    }

    @Test
    void everyFormThatIsShownIsTaken() {
        assertDoesNotThrow(() ->
                Destinations.allowing(
                        List.of(
                                "idp.internal",
                                "idp.internal:8443",
                                "10.0.5.7:8443",
                                "[fd00::7]:8443",
                                "10.0.5.0/24",
                                "fd00::/8",
                                "localhost")));
    }
}
