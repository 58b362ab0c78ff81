// An OpenID Provider by others (oidc-provider), where a login name alone signs in: what is tried is
// the relying party. Prints "ready" once it listens.
import Provider from "oidc-provider";
import { generateKeyPairSync } from "node:crypto";

const env = process.env;


/** One client for each organisation, named after the algorithm of its ID tokens. */
const clients = env.ALGORITHMS.split(" ").map((algorithm) => ({
  client_id: algorithm,
  client_secret: env.SECRET,
  redirect_uris: [`${env.BACK}/${algorithm.toLowerCase()}`],
  grant_types: ["authorization_code"],
  response_types: ["code"],
  token_endpoint_auth_method: "client_secret_basic",
  id_token_signed_response_alg: algorithm,
}));

const jwk = (kid, type, options) => ({ ...generateKeyPairSync(type, options).privateKey.export({ format: "jwk" }), kid, use: "sig" });

const provider = new Provider(env.ISSUER, {
  clients,
  jwks: {
    keys: [
      jwk("rsa", "rsa", { modulusLength: 2048 }),
      jwk("p256", "ec", { namedCurve: "P-256" }),
      jwk("p384", "ec", { namedCurve: "P-384" }),
    ],
  },
  cookies: { keys: [env.SECRET] },
  claims: { openid: ["sub"], email: ["email", "email_verified"] },
  features: { devInteractions: { enabled: false }, claimsParameter: { enabled: env.CLAIMS === "true" } },
  enabledJWA: { idTokenSigningAlgValues: env.ALGORITHMS.split(" ") },
  pkce: { required: () => true },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, email: id, email_verified: true }),
  }),
  async loadExistingGrant({ oidc }) {
    const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
    grant.addOIDCScope("openid email");
    grant.addOIDCClaims(["email", "email_verified"]);
    await grant.save();
    return grant;
  },
});

provider.use(async (context, next) => {
  if (!context.path.startsWith("/interaction/")) {
    return next();
  }
  const { params, prompt } = await provider.interactionDetails(context.req, context.res);
  console.log(`asked ${params.login_hint} ${prompt.name} ${prompt.reasons}`);
  const login = { accountId: params.login_hint };
  await provider.interactionFinished(context.req, context.res, { login });
});

provider.listen(Number(new URL(env.ISSUER).port), "127.0.0.1", () => console.log("ready"));
