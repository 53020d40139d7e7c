/**
 * The error table of the server: every `type` that it can answer with, its HTTP status and its default message.
 * Clients look at `type` and `code`; the message is for people.
 */
const ERRORS = {
  general_unknown: [500, 'An unknown error has occurred. Please check the logs for more information.'],
  general_access_forbidden: [401, 'Access to this API is forbidden.'],
  general_unknown_origin: [403, 'The request originated from an unknown origin.'],
  general_unauthorized_scope: [
    401,
    'The current user or API key does not have the required scopes to access the requested resource.',
  ],
  general_argument_invalid: [400, 'The request contains one or more invalid arguments.'],
  general_bad_request: [400, 'There was an error processing your request. Please check the inputs and try again.'],
  general_query_invalid: [400, 'The query is invalid.'],
  general_cursor_not_found: [400, 'The cursor is invalid.'],
  general_rate_limit_exceeded: [
    429,
    'Rate limit for the current endpoint has been exceeded. Please try again after some time.',
  ],
  general_smtp_disabled: [503, 'SMTP is disabled on this server.'],
  project_not_found: [
    404,
    'Project with the requested ID could not be found. Please check the value of the X-Appwrite-Project header to ensure the correct project ID is being used.',
  ],
  user_unauthorized: [401, 'The current user is not authorized to perform the requested action.'],
  user_invalid_credentials: [401, 'Invalid credentials. Please check the email and password.'],
  user_session_already_exists: [401, 'Creation of a session is prohibited when a session is active.'],
  user_session_not_found: [404, 'The current user session could not be found.'],
  user_not_found: [404, 'User with the requested ID could not be found.'],
  user_already_exists: [409, 'A user with the same id, email, or phone already exists in this project.'],
  user_target_already_exists: [409, 'A target with the same ID already exists.'],
  user_blocked: [403, 'The current user has been blocked.'],
  user_jwt_invalid: [401, 'The JWT token is invalid. Please check the value of the X-Appwrite-JWT header.'],
  user_jwt_creation_denied: [
    403,
    'A JWT cannot be created from a request authorized with a JWT. Authenticate with a session cookie or session header instead.',
  ],
  user_jwt_and_cookie_set: [
    403,
    'JWT and cookie used in the same request. Use either `setJWT` or `setCookie`. Learn about which authentication method to use in the SSR docs: https://appwrite.io/docs/products/auth/server-side-rendering',
  ],
  user_api_key_and_session_set: [
    403,
    'API key and session used in the same request. Use either `setSession` or `setKey`.',
  ],
  team_not_found: [404, 'Team with the requested ID could not be found.'],
  team_already_exists: [409, 'Team with requested ID already exists. Please choose a different ID and try again.'],
  team_invite_not_found: [404, 'The requested team invitation could not be found.'],
  team_invalid_secret: [401, 'The team invitation secret is invalid. Please request a new invitation and try again.'],
  team_invite_mismatch: [404, 'The invite does not belong to the current user.'],
  membership_not_found: [404, 'Membership with the requested ID could not be found.'],
  membership_already_confirmed: [409, 'Membership is already confirmed.'],
  database_not_found: [404, 'Database with the requested ID could not be found.'],
  database_already_exists: [409, 'Database with the requested ID already exists.'],
  database_query_order_null: [
    400,
    'The order column had a null value. Cursor pagination requires all rows order column values are non-null.',
  ],
  table_not_found: [404, 'Table with the requested ID could not be found.'],
  table_already_exists: [409, 'A table with the requested ID already exists.'],
  collection_not_found: [404, 'Collection with the requested ID could not be found.'],
  collection_already_exists: [409, 'A collection with the requested ID already exists.'],
  column_not_found: [404, 'Column with the requested key could not be found.'],
  column_already_exists: [409, 'Column with the requested key already exists.'],
  column_default_unsupported: [400, 'Default value cannot be set for array or required columns.'],
  column_value_invalid: [400, 'The column value is invalid.'],
  column_limit_exceeded: [400, 'The maximum or minimum value of the column has been reached.'],
  column_unknown: [400, 'A column that the index needs could not be found.'],
  column_index_already_exists: [409, 'Index with the requested key already exists.'],
  column_index_invalid: [400, 'Index invalid.'],
  column_index_not_found: [404, 'Index with the requested key could not be found.'],
  attribute_not_found: [404, "Attribute with the requested key '%s' could not be found."],
  attribute_limit_exceeded: [400, 'The maximum or minimum value of the attribute has been reached.'],
  attribute_type_invalid: [400, 'The attribute type is invalid.'],
  row_not_found: [404, 'Row with the requested ID could not be found.'],
  row_already_exists: [409, 'Row with the requested ID already exists.'],
  row_missing_data: [400, 'The row data is missing. Try again with row data populated.'],
  row_missing_payload: [
    400,
    'The row data and permissions are missing. You must provide either row data or permissions to be updated.',
  ],
  row_invalid_structure: [400, 'The row structure is invalid. Please ensure the columns match the table definition.'],
  row_update_conflict: [409, 'Remote row is newer than local.'],
  row_unique_constraint_violation: [409, 'Row violates a unique column constraint. Try again with different value(s).'],
  document_not_found: [404, 'Document with the requested ID could not be found.'],
  document_already_exists: [409, 'Document with the requested ID already exists.'],
  document_missing_data: [400, 'The document data is missing. Try again with document data populated.'],
  document_missing_payload: [
    400,
    'The document data and permissions are missing. You must provide either document data or permissions to be updated.',
  ],
  document_invalid_structure: [
    400,
    'The document structure is invalid. Please ensure the attributes match the collection definition.',
  ],
  document_update_conflict: [409, 'Remote document is newer than local.'],
  transaction_not_found: [404, 'Transaction with the requested ID could not be found.'],
  transaction_not_ready: [400, 'The transaction is not ready yet. Please try again later.'],
  transaction_conflict: [409, 'The transaction has a conflict. Please resolve the conflict and try again.'],
  transaction_expired: [410, 'The transaction has expired. Please create a new transaction and try again.'],
  transaction_limit_exceeded: [400, 'The maximum number of operations of a transaction has been reached.'],
  storage_bucket_not_found: [404, 'Storage bucket with the requested ID could not be found.'],
  storage_bucket_already_exists: [409, 'A storage bucket with the requested ID already exists.'],
  storage_file_not_found: [404, 'The requested file could not be found.'],
  storage_file_already_exists: [409, 'A storage file with the requested ID already exists.'],
  storage_file_empty: [400, 'Empty file passed to the endpoint.'],
  storage_file_type_unsupported: [400, 'The given file extension is not supported.'],
  storage_invalid_file_size: [400, 'The file size is either not valid or exceeds the maximum allowed size.'],
  storage_invalid_content_range: [
    400,
    'The content range is invalid. Please check the value of the Content-Range header.',
  ],
  storage_invalid_range: [416, 'The requested range is not satisfiable. Please check the value of the Range header.'],
  function_not_found: [404, 'Function with the requested ID could not be found.'],
  function_already_exists: [409, 'Function with the requested ID already exists.'],
  function_runtime_unsupported: [404, 'The requested runtime is either inactive or unsupported.'],
  function_synchronous_timeout: [
    408,
    'Synchronous function execution timed out. Use asynchronous execution instead, or ensure the execution duration does not exceed 30 seconds.',
  ],
  function_entrypoint_missing: [
    404,
    'Entrypoint for your Appwrite Function is missing. Please specify it when making deployment or update the entrypoint of the function.',
  ],
  build_not_ready: [400, 'Build with the requested ID is building and not ready for execution.'],
  deployment_not_found: [404, 'Deployment with the requested ID could not be found.'],
  execution_not_found: [404, 'Execution with the requested ID could not be found.'],
  variable_already_exists: [409, 'A variable with the same key already exists.'],
  variable_cannot_unset_secret: [400, 'Secret variables cannot be marked as non-secret.'],
  variable_not_found: [404, 'Variable with the requested ID could not be found.'],
} as const satisfies Record<string, readonly [number, string]>;

export type ErrorType = keyof typeof ERRORS;

/** An answer that is an error. Everything else that is thrown becomes `general_unknown` (500) without its details. */
export class ServerError extends Error {
  readonly type: ErrorType;
  readonly code: number;

  constructor(type: ErrorType, message?: string) {
    super(message ?? ERRORS[type][1]);
    this.name = 'ServerError';
    this.type = type;
    this.code = ERRORS[type][0];
  }
}

/** 400 `general_argument_invalid` in the wording of the real server. */
export function invalidParam(name: string, why: string): ServerError {
  return new ServerError('general_argument_invalid', `Invalid \`${name}\` param: ${why}`);
}
