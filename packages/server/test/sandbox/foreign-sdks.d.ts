// The vendors' own SDKs have no types; here is what the tests use of them.

declare module "facebook-nodejs-business-sdk" {
  export const FacebookAdsApi: { readonly GRAPH: string; readonly VERSION: string; init(token: string): unknown };
  export const CrashReporter: { disable(): void };

  export class UserData {
    setEmail(value: string): this;
    setPhone(value: string): this;
    setFirstName(value: string): this;
    setGender(value: string): this;
    setExternalId(value: string): this;
    setClientIpAddress(value: string): this;
    setClientUserAgent(value: string): this;
    setFbp(value: string): this;
    setCtwaClid(value: string): this;
    setPageId(value: string): this;
  }
  export class Content {
    setId(value: string): this;
    setQuantity(value: number): this;
    setItemPrice(value: number): this;
    setDeliveryCategory(value: string): this;
  }
  export class CustomData {
    setCurrency(value: string): this;
    setValue(value: number): this;
    setContents(value: readonly Content[]): this;
  }
  export class ExtendedDeviceInfo {
    setExtInfoVersion(value: string): this;
    setAppPackageName(value: string): this;
    setOsVersion(value: string): this;
    setDeviceModelName(value: string): this;
    normalize(): unknown;
  }
  export class AppData {
    setAdvertiserTrackingEnabled(value: boolean): this;
    setExtinfo(value: Pick<ExtendedDeviceInfo, "normalize">): this;
  }
  export class ServerEvent {
    setEventName(value: string): this;
    setEventTime(value: number): this;
    setEventId(value: unknown): this;
    setEventSourceUrl(value: string | undefined): this;
    setActionSource(value: string | undefined): this;
    setUserData(value: UserData): this;
    setCustomData(value: CustomData): this;
    setAppData(value: AppData): this;
    setAdvertiserTrackingEnabled(value: boolean): this;
  }
  export class EventRequest {
    constructor(token: string, pixelId: string, events?: readonly ServerEvent[]);
    setTestEventCode(value: string): this;
    setPartnerAgent(value: string): this;
    setAppSecret(value: string): this;
    execute(): Promise<{
      readonly events_received: number;
      readonly messages: readonly string[];
      readonly fbtrace_id: string;
    }>;
  }
  export class BatchProcessor {
    constructor(batchSize: number, concurrentRequests: number);
    processEvents(settings: EventRequest, events: readonly ServerEvent[]): Promise<void>;
  }
  export class Application {
    constructor(id: string);
    createActivity(fields: readonly string[], parameters: Record<string, unknown>): Promise<unknown>;
  }
}

declare module "tiktok-business-api-sdk-official" {
  type Callback = (error: Error | null, data: unknown) => void;
  type Fields = Record<string, unknown>;
  type Body = { readonly body: object };

  export class ApiClient {
    basePath: string;
    callApi(
      path: string,
      method: string,
      pathParams: Fields,
      query: Fields,
      headers: Fields,
      form: Fields,
      body: unknown,
      authNames: readonly string[],
      contentTypes: readonly string[],
      accepts: readonly string[],
      returnType: unknown,
      callback: Callback,
    ): unknown;
  }
  export class EventCallbackApi {
    constructor(client: ApiClient);
    pixelTrack(token: string, options: Body, callback: Callback): unknown;
    pixelBatch(token: string, options: Body, callback: Callback): unknown;
  }
  export const PixelTrackBody: { constructFromObject(fields: Fields): object };
  export const PixelBatchBody: { constructFromObject(fields: Fields): object };
}
