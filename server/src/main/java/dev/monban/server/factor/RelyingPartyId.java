package dev.monban.server.factor;

import java.util.Optional;
import org.apache.hc.client5.http.psl.PublicSuffixMatcherLoader;

/** The domain that passkeys belong to (WebAuthn Level 3, section 5.1.2). */
public final class RelyingPartyId {

    private RelyingPartyId() {}

    /**
     * Why passkeys of this domain cannot be used at that host; empty where they can. The domain is
     * the host, or one above it of which strangers have no other part: the public suffix list says
     * so.
     *
     * @param host of the issuer
     */
    public static Optional<String> fault(String rpId, String host) {
        if (rpId.equals(host)) {
            return Optional.empty();
        }
        if (!host.endsWith("." + rpId)) {
            return Optional.of(
                    "write the host of the issuer, "
                            + host
                            + ", or a domain above it (WebAuthn Level 3, section 5.1.2)");
        }
        return PublicSuffixMatcherLoader.getDefault().getDomainRoot(rpId) == null
                ? Optional.of(
                        "strangers have names under "
                                + rpId
                                + " too (it is a public suffix); write a longer domain")
                : Optional.empty();
    }
}
