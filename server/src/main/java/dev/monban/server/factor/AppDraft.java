package dev.monban.server.factor;

import dev.monban.core.factor.Totp;
import io.nayuki.qrcodegen.QrCode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/**
 * An app that is about to be added.
 *
 * @param secret that is to be shared with it
 * @param ticket brings the secret back with the form, readable to nobody else
 * @param owner the login name, which the app shows
 */
public record AppDraft(byte[] secret, String ticket, String owner) {

    private static final int GROUP = 4;
    private static final String PRODUCT = "Monban";

    public AppDraft {
        secret = secret.clone();
    }

    @Override
    public byte[] secret() {
        return secret.clone();
    }

    /** For typing: base32 in groups of four. */
    public String key() {
        return Totp.base32(secret).replaceAll("(.{" + GROUP + "})(?!$)", "$1 ");
    }

    /** For the camera: the key URI format that apps agree on. */
    String uri() {
        return "otpauth://totp/"
                + PRODUCT
                + ":"
                + URLEncoder.encode(owner, StandardCharsets.UTF_8).replace("+", "%20")
                + "?secret="
                + Totp.base32(secret)
                + "&issuer="
                + PRODUCT;
    }

    /** The picture of that, as a path of squares one unit wide. */
    public Picture picture() {
        QrCode code = QrCode.encodeText(uri(), QrCode.Ecc.MEDIUM);
        StringBuilder path = new StringBuilder();
        for (int y = 0; y < code.size; y++) {
            for (int x = 0; x < code.size; x++) {
                if (code.getModule(x, y)) {
                    path.append('M').append(x).append(',').append(y).append("h1v1h-1z");
                }
            }
        }
        return new Picture(code.size, path.toString());
    }

    /**
     * A picture of squares.
     *
     * @param size how many there are on a side
     */
    public record Picture(int size, String path) {}

    @Override
    public String toString() {
        return "an app to be added";
    }
}
