import { getTracker } from "../../tracker";

export const POST = (request: Request) => getTracker().collect(request);
export const OPTIONS = (request: Request) => getTracker().collect(request);
