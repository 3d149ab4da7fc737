import type { CodeTable } from "../error-code.ts";

/** Codes of DTLS (src/dtls): every way in which a handshake is refused has its own, so that an engineer knows what to mend. */
export const DTLS_CODES = {
  "dtls.no-answer": {
    blame: "service",
    retry: true,
    advice:
      "Nothing answered over UDP: check host and port of the profile, that the service runs, and that the firewall lets UDP through.",
  },
  "dtls.handshake-timeout": {
    blame: "line",
    retry: true,
    advice:
      "The service answered, but too many datagrams were lost: check the network's quality, then run the slot again.",
  },
  "dtls.peer-alert": {
    blame: "service",
    retry: true,
    advice:
      "The service refused or ended the connection with an alert: look for the alert's reason in the service's log.",
  },
  "dtls.parameters": {
    blame: "service",
    retry: false,
    advice:
      "Service and station share no cipher suite, curve or signature: let the service offer DTLS 1.2 with an ECDSA certificate (P-256 or P-384) and AES-GCM or AES-CCM-8.",
  },
  "dtls.no-extended-master-secret": {
    blame: "service",
    retry: false,
    advice:
      "The service lacks the extended master secret (RFC 7627), which the station requires: update its DTLS library.",
  },
  "dtls.protocol": {
    blame: "service",
    retry: false,
    advice: "What answered does not keep to DTLS 1.2: check that host and port of the profile belong to the service.",
  },
  "dtls.key-proof": {
    blame: "service",
    retry: false,
    advice:
      "The service does not hold the key of the certificate it shows: the certificate was copied or somebody is in between; tell whoever is responsible for security.",
  },
  "dtls.finished": {
    blame: "service",
    retry: false,
    advice:
      "The handshake was altered on its way: somebody may be in between; tell whoever is responsible for security.",
  },
  "dtls.certificate-missing": {
    blame: "service",
    retry: false,
    advice: "The service sent no certificate: configure its certificate and key.",
  },
  "dtls.certificate-malformed": {
    blame: "service",
    retry: false,
    advice: "The service sent a certificate that cannot be read: replace its certificate file.",
  },
  "dtls.certificate-chain-too-long": {
    blame: "service",
    retry: false,
    advice:
      "The service sends too many certificates: reduce its chain file to the certificate and the intermediates above it.",
  },
  "dtls.certificate-untrusted": {
    blame: "service",
    retry: false,
    advice:
      "The service's certificate does not lead to the profile's CA: check the CA file of the profile, and that nothing intercepts the connection.",
  },
  "dtls.certificate-wrong-ca": {
    blame: "service",
    retry: false,
    advice:
      "The service's certificate names the profile's CA but was signed with another key: somebody imitates the CA, or the CA was renewed; get the CA file from the service's owner again.",
  },
  "dtls.certificate-incomplete": {
    blame: "service",
    retry: false,
    advice:
      "The service sent its certificate alone, and the profile's CA did not issue it: add the intermediate certificates to the service's chain file, or check the profile's CA.",
  },
  "dtls.certificate-self-signed": {
    blame: "service",
    retry: false,
    advice:
      "The service's certificate vouches for itself: give the service a certificate from the profile's CA, or put this one into the profile after checking its fingerprint.",
  },
  "dtls.certificate-expired": {
    blame: "service",
    retry: false,
    advice: "A certificate of the service has expired: renew it, or correct the station's clock.",
  },
  "dtls.certificate-not-yet-valid": {
    blame: "service",
    retry: false,
    advice:
      "A certificate of the service is not valid yet: correct the station's clock, or have the certificate issued again.",
  },
  "dtls.certificate-host": {
    blame: "service",
    retry: false,
    advice:
      "The service's certificate is for another host: check the host in the profile, or have it added to the certificate's subject alternative names.",
  },
  "dtls.certificate-purpose": {
    blame: "service",
    retry: false,
    advice:
      "The service's certificate is not meant for servers: have it issued with the extended key usage serverAuth.",
  },
  "dtls.certificate-key-usage": {
    blame: "service",
    retry: false,
    advice: "The service's certificate may not sign handshakes: have it issued with the key usage digitalSignature.",
  },
  "dtls.certificate-issuer-not-ca": {
    blame: "service",
    retry: false,
    advice:
      "The service's certificate was issued by one that is no CA: have it issued by a CA; whoever made it had no right to, so tell whoever is responsible for security.",
  },
  "dtls.certificate-issuer-usage": {
    blame: "service",
    retry: false,
    advice:
      "A CA above the service's certificate may not sign certificates: have it issued with the key usage keyCertSign.",
  },
  "dtls.certificate-path-length": {
    blame: "service",
    retry: false,
    advice:
      "There are more CAs below one another than the upper one allows (path length): have the certificate issued by the upper CA.",
  },
  "dtls.certificate-critical-extension": {
    blame: "service",
    retry: false,
    advice:
      "A certificate of the service has a critical extension that the station does not know: have it issued without.",
  },
  "dtls.certificate-weak-signature": {
    blame: "service",
    retry: false,
    advice:
      "A certificate of the service is signed with a weak or unknown algorithm: have it issued with ECDSA or RSA and SHA-256 or better.",
  },
  "dtls.certificate-weak-key": {
    blame: "service",
    retry: false,
    advice:
      "A certificate of the service has a weak or unknown key: use P-256 or P-384, for CAs also P-521 or RSA of 2048 bits and more.",
  },
  "dtls.certificate-version": {
    blame: "service",
    retry: false,
    advice: "A certificate of the service is older than X.509 version 3: have it issued again.",
  },
  "dtls.closed": {
    blame: "service",
    retry: true,
    advice: "The connection is closed: run the slot again; if it repeats, look into the service's log.",
  },
  "dtls.idle": {
    blame: "service",
    retry: true,
    advice: "The connection was given up, as nothing came for long: run the slot again.",
  },
  "dtls.too-large": {
    blame: "station",
    retry: false,
    advice: "A message does not fit a DTLS record: report this together with the diagnostic log.",
  },
  "dtls.exhausted": {
    blame: "station",
    retry: true,
    advice: "The connection has carried as many records as its keys may protect: run the slot again.",
  },
  "dtls.bad-identity": {
    blame: "input",
    retry: false,
    advice:
      "The service's certificate and key do not fit together or cannot be used: give a P-256 or P-384 certificate chain and its key in PEM form.",
  },
  "dtls.listen": {
    blame: "station",
    retry: false,
    advice: "The service cannot listen at this UDP port: choose another port, or end the program that has it.",
  },
} as const satisfies CodeTable;
