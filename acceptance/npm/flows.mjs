// Completes every flow with openid-client against a running gate. Prints one line a flow.
import * as client from "openid-client";
import * as jose from "jose";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";

const env = process.env;
const issuer = new URL(env.ISSUER);
const insecure = { execute: [client.allowInsecureRequests] };

/** A browser in a few lines: keeps cookies, follows to the callback, fills in the one form. */
class Browser {
  cookies = new Map();

  /** Somebody else than the one that most flows are about, with an app once it was asked for. */
  constructor(person = { identifier: env.IDENTIFIER, password: env.PASSWORD }) {
    this.person = person;
  }

  /** The code of the person's app; each one works once, so a later one comes from the next step. */
  code() {
    const at = Math.floor(Date.now() / 1000) + 30 * this.person.codes++;
    return execFileSync("oathtool", ["--totp", "-b", this.person.key, "-N", `@${at}`], { encoding: "utf8" }).trim();
  }

  /** Adds an app where the organisation wants one, and gives where it goes on. */
  async addApp(html) {
    const path = html.match(/href="(\/account\/app\?request=[^"]+)"/)[1];
    const page = await (await this.request(new URL(path, issuer))).text();
    this.person.key = page.match(/<code>([A-Z2-7 ]{32,})<\/code>/)[1].replaceAll(" ", "");
    this.person.codes = 0;
    const added = await this.post(new URL("/account/app", issuer), { ...this.hidden(page), code: this.code(), name: "Phone" });
    return (await added.text()).match(/class="button primary" href="([^"]+)"/)[1].replaceAll("&amp;", "&");
  }

  async request(url, options = {}) {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(url, { redirect: "manual", ...options, headers: { cookie, ...options.headers } });
    for (const line of response.headers.getSetCookie()) {
      const [name, value] = line.split(";")[0].split("=");
      this.cookies.set(name, value);
    }
    return response;
  }

  hidden(html) {
    return Object.fromEntries([...html.matchAll(/name="([^"]+)" value="([^"]*)"/g)].map((m) => [m[1], m[2].replaceAll("&amp;", "&")]));
  }

  post(url, form) {
    return this.request(url, { method: "POST", body: new URLSearchParams(form) });
  }

  /** Goes on until the callback is reached, and gives its address. */
  async follow(start) {
    let response = await this.request(start);
    for (let steps = 0; steps < 12; steps++) {
      const html = await response.text();
      const location =
        response.headers.get("location") ??
        html.match(/http-equiv="refresh" content="0;url=([^"]*)"/)?.[1].replaceAll("&amp;", "&");
      if (location?.startsWith(env.CALLBACK)) {
        return new URL(location);
      }
      if (location) {
        response = await this.request(new URL(location, issuer));
        continue;
      }
      if (html.includes('href="/account/app?request=')) {
        response = await this.request(new URL(await this.addApp(html), issuer));
        continue;
      }
      if (html.includes('action="/login/code"')) {
        response = await this.post(new URL("/login/code", issuer), { ...this.hidden(html), code: this.code() });
        continue;
      }
      assert.match(html, /action="\/login"/, `${response.status} ${html}`);
      response = await this.post(new URL("/login", issuer), {
        ...this.hidden(html),
        identifier: this.person.identifier,
        password: this.person.password,
      });
    }
    throw new Error("the callback is never reached");
  }
}

async function discover(id, metadata, authentication) {
  return client.discovery(issuer, id, metadata, authentication, insecure);
}

async function signIn(config, parameters, options = {}) {
  const verifier = client.randomPKCECodeVerifier();
  const state = client.randomState();
  const nonce = client.randomNonce();
  const all = {
    redirect_uri: env.CALLBACK,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
    nonce,
    ...parameters,
  };
  const url = options.push
    ? await client.buildAuthorizationUrlWithPAR(config, all, options.tokens)
    : client.buildAuthorizationUrl(config, all);
  const browser = options.browser ?? new Browser();
  const callback = await browser.follow(url);
  const tokens = await client.authorizationCodeGrant(
    config,
    callback,
    { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, maxAge: options.maxAge, idTokenExpected: true },
    undefined,
    options.tokens,
  );
  return { tokens, browser };
}

let failed = 0;
async function flow(name, act) {
  try {
    const result = await act();
    console.log(`flow ${name} ok`);
    return result;
  } catch (error) {
    failed++;
    console.log(`flow ${name} ${error.code ?? ""} ${error.message}`.replaceAll("\n", " "));
    console.log(error.cause ?? error.stack);
    return undefined;
  }
}

const crm = await flow("discovery", () => discover("crm", env.SECRET, client.ClientSecretPost(env.SECRET)));
const signedIn = await flow("code_pkce", () => signIn(crm, { scope: "openid profile email offline_access" }));

// As a load balancer does that has no field for PKCE: state alone, then the token, then userinfo.
for (const [name, authentication] of [
  ["code_without_pkce", client.ClientSecretBasic],
  ["code_without_pkce_post", client.ClientSecretPost],
]) {
  await flow(name, async () => {
    const config = await discover("plain", env.SECRET, authentication(env.SECRET));
    const state = client.randomState();
    const url = client.buildAuthorizationUrl(config, { redirect_uri: env.CALLBACK, scope: "openid email", state });
    assert.equal(url.searchParams.has("code_challenge"), false);
    const callback = await new Browser().follow(url);
    const tokens = await client.authorizationCodeGrant(config, callback, { expectedState: state, idTokenExpected: true });
    const info = await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
    assert.equal(info.email, env.IDENTIFIER);
  });
}

await flow("id_token", async () => {
  const claims = signedIn.tokens.claims();
  assert.equal(claims.iss, env.ISSUER);
  assert.equal(claims.acr, "aal1");
  assert.deepEqual(claims.amr, ["pwd"]);
  const keys = jose.createRemoteJWKSet(new URL(crm.serverMetadata().jwks_uri));
  const { protectedHeader } = await jose.jwtVerify(signedIn.tokens.id_token, keys, { audience: "crm" });
  assert.equal(protectedHeader.alg, "ES256");
  const access = await jose.jwtVerify(signedIn.tokens.access_token, keys, { typ: "at+jwt", issuer: env.ISSUER });
  assert.equal(access.payload.client_id, "crm");
});

await flow("userinfo", async () => {
  const info = await client.fetchUserInfo(crm, signedIn.tokens.access_token, signedIn.tokens.claims().sub);
  assert.equal(info.name, "佐藤 結衣");
  assert.equal(info.email, env.IDENTIFIER);
  assert.equal(info.email_verified, true);
});

await flow("userinfo_signed", async () => {
  const config = await discover(
    "opaque",
    { client_secret: env.SECRET, userinfo_signed_response_alg: "RS256", id_token_signed_response_alg: "RS256" },
    client.ClientSecretBasic(env.SECRET),
  );
  const { tokens } = await signIn(config, { scope: "openid profile" });
  const info = await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
  assert.equal(info.preferred_username, env.IDENTIFIER);
});

await flow("refresh", async () => {
  const next = await client.refreshTokenGrant(crm, signedIn.tokens.refresh_token);
  assert.notEqual(next.refresh_token, signedIn.tokens.refresh_token);
  assert.ok(next.access_token && next.id_token);
  signedIn.refreshed = next;
});

await flow("introspection", async () => {
  const answer = await client.tokenIntrospection(crm, signedIn.refreshed.access_token);
  assert.equal(answer.active, true);
  assert.equal(answer.client_id, "crm");
  const refresh = await client.tokenIntrospection(crm, signedIn.refreshed.refresh_token);
  assert.equal(refresh.active, true);
});

await flow("revocation", async () => {
  await client.tokenRevocation(crm, signedIn.refreshed.refresh_token);
  const answer = await client.tokenIntrospection(crm, signedIn.refreshed.access_token);
  assert.equal(answer.active, false);
  await assert.rejects(client.refreshTokenGrant(crm, signedIn.refreshed.refresh_token), { error: "invalid_grant" });
});

await flow("client_credentials", async () => {
  const tokens = await client.clientCredentialsGrant(crm, { scope: "crm:read" });
  assert.equal(tokens.scope, "crm:read");
  assert.equal(jose.decodeJwt(tokens.access_token).sub, "crm");
});

await flow("client_secret_basic", async () => {
  const config = await discover("crm", env.SECRET, client.ClientSecretBasic(env.SECRET));
  assert.ok((await client.clientCredentialsGrant(config)).access_token);
});

await flow("private_key_jwt", async () => {
  const jwk = JSON.parse(env.KEY);
  const key = { key: await jose.importJWK(jwk, "ES256"), kid: jwk.kid };
  const config = await discover("machine", {}, client.PrivateKeyJwt(key));
  const tokens = await client.clientCredentialsGrant(config);
  assert.equal(tokens.scope, "crm:read");
});

await flow("par", async () => {
  const config = await discover("pusher", env.SECRET, client.ClientSecretBasic(env.SECRET));
  const { tokens } = await signIn(config, { scope: "openid" }, { push: true });
  assert.ok(tokens.claims().sub);
});

const bound = await flow("dpop", async () => {
  const config = await discover("bound", {}, client.None());
  const handle = client.getDPoPHandle(config, await client.randomDPoPKeyPair("ES256"));
  const { tokens } = await signIn(config, { scope: "openid profile" }, { tokens: { DPoP: handle } });
  assert.equal(tokens.token_type, "dpop");
  assert.ok(jose.decodeJwt(tokens.access_token).cnf.jkt);
  const info = await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub, { DPoP: handle });
  assert.equal(info.name, "佐藤 結衣");
  await assert.rejects(client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub));
  return { config, handle, tokens };
});

await flow("dpop_refresh", async () => {
  const { config, handle, tokens } = bound;
  const thief = client.getDPoPHandle(config, await client.randomDPoPKeyPair("ES256"));
  await assert.rejects(client.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP: thief }), { error: "invalid_grant" });
  await assert.rejects(client.refreshTokenGrant(config, tokens.refresh_token));
  const next = await client.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP: handle });
  assert.equal(next.token_type, "dpop");
});

await flow("device", async () => {
  const config = await discover("tv", {}, client.None());
  const device = await client.initiateDeviceAuthorization(config, { scope: "openid profile offline_access" });
  const polling = client.pollDeviceAuthorizationGrant(config, device, undefined, { signal: AbortSignal.timeout(60_000) });
  const browser = new Browser();
  let page = await browser.request(device.verification_uri_complete);
  page = await browser.request(new URL(page.headers.get("location"), issuer));
  page = await browser.post(new URL("/login", issuer), {
    ...browser.hidden(await page.text()),
    identifier: env.IDENTIFIER,
    password: env.PASSWORD,
  });
  page = await browser.request(new URL(page.headers.get("location"), issuer));
  page = await browser.post(new URL("/device", issuer), { ...browser.hidden(await page.text()), choice: "allow" });
  assert.equal(page.status, 200);
  const tokens = await polling;
  assert.ok(tokens.refresh_token);
  assert.equal(tokens.claims().aud, "tv");
});

await flow("eddsa", async () => {
  const config = await discover("spa", { id_token_signed_response_alg: "EdDSA" }, client.None());
  const { tokens } = await signIn(config, { scope: "openid" });
  assert.equal(jose.decodeProtectedHeader(tokens.id_token).alg, "EdDSA");
  const keys = jose.createRemoteJWKSet(new URL(config.serverMetadata().jwks_uri));
  await jose.jwtVerify(tokens.id_token, keys);
});

await flow("rs256_opaque", async () => {
  const config = await discover(
    "opaque",
    { client_secret: env.SECRET, id_token_signed_response_alg: "RS256" },
    client.ClientSecretPost(env.SECRET),
  );
  const { tokens } = await signIn(config, { scope: "openid email" });
  assert.equal(jose.decodeProtectedHeader(tokens.id_token).alg, "RS256");
  assert.match(tokens.access_token, /^mnb_at_/);
  const answer = await client.tokenIntrospection(config, tokens.access_token);
  assert.equal(answer.active, true);
});

await flow("max_age", async () => {
  const first = await signIn(crm, { scope: "openid" });
  const again = await signIn(crm, { scope: "openid", max_age: "0" }, { browser: first.browser, maxAge: 5 });
  assert.ok(again.tokens.claims().auth_time >= first.tokens.claims().auth_time);
  await assert.rejects(signIn(crm, { scope: "openid", prompt: "none" }), { error: "login_required" });
  assert.ok(await signIn(crm, { scope: "openid", prompt: "none" }, { browser: first.browser }));
});

await flow("acr_values", async () => {
  const acr = async (parameters, browser) => (await signIn(crm, { scope: "openid", ...parameters }, { browser })).tokens.claims().acr;
  const unmet = { error: "unmet_authentication_requirements" };
  assert.equal(await acr({ acr_values: "aal1" }, new Browser()), "aal1");
  await assert.rejects(acr({ acr_values: "aal2" }, new Browser()), unmet);
  // Whose organisation wants two factors gives them to a client that asks for nothing.
  const strict = { identifier: env.STRICT_IDENTIFIER, password: env.STRICT_PASSWORD };
  const browser = new Browser(strict);
  assert.equal(await acr({}, browser), "aal2");
  assert.equal(await acr({ acr_values: "aal2", prompt: "none" }, browser), "aal2");
  await assert.rejects(acr({ acr_values: "phr" }, browser), unmet);
  const elsewhere = new Browser(strict);
  const { tokens } = await signIn(crm, { scope: "openid", acr_values: "aal2", max_age: "600" }, { browser: elsewhere, maxAge: 600 });
  assert.equal(tokens.claims().acr, "aal2");
  assert.deepEqual(tokens.claims().amr, ["mfa", "otp", "pwd"]);
});

await flow("logout", async () => {
  const { tokens, browser } = await signIn(crm, { scope: "openid" });
  const url = client.buildEndSessionUrl(crm, { id_token_hint: tokens.id_token, post_logout_redirect_uri: env.HOME_ADDRESS, state: "bye" });
  const answer = await browser.request(url);
  assert.equal(answer.headers.get("location"), `${env.HOME_ADDRESS}?state=bye`);
  const silent = signIn(crm, { scope: "openid", prompt: "none" }, { browser });
  await assert.rejects(silent, { error: "login_required" });
});

process.exit(failed === 0 ? 0 : 1);
