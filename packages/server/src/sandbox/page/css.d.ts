/** The build puts style sheets into page.css. */
declare module "*.css";
