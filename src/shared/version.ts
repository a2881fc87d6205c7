/** Version of the application, equal to package.json's (a test holds them together). */
export const appVersion = '0.1.0';
