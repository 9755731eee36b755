import type { FastifyHelmetOptions } from '@fastify/helmet'

/**
 * What a browser is told about the pages: everything comes from this server. Inline styles are allowed since
 * Mantine sets its variables through them; inline scripts aren't. A browser is sent to HTTPS only where there
 * is HTTPS: on http://localhost that would break the page.
 */
export function securityHeaders(httpsOnly: boolean): FastifyHelmetOptions {
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        fontSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        workerSrc: ["'self'"],
        manifestSrc: ["'self'"],
        objectSrc: ["'none'"],
        baseUri: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        ...(httpsOnly && { upgradeInsecureRequests: [] }),
      },
    },
    strictTransportSecurity: httpsOnly ? { maxAge: 365 * 24 * 60 * 60 } : false,
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
  }
}
