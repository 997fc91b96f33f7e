namespace ServerSessions.Testing.MongoServer.Commands;

/// <summary>The codes of mongod that this server responds with, or knows as retryable.</summary>
internal static class ErrorCode
{
    public const int BadValue = 2;
    public const int FailedToParse = 9;
    public const int TypeMismatch = 14;
    public const int IllegalOperation = 20;
    public const int NamespaceNotFound = 26;
    public const int ConflictingUpdateOperators = 40;
    public const int CursorNotFound = 43;
    public const int CommandNotFound = 59;
    public const int ImmutableField = 66;
    public const int CannotCreateIndex = 67;
    public const int InvalidOptions = 72;
    public const int InvalidNamespace = 73;
    public const int IndexOptionsConflict = 85;
    public const int IndexKeySpecsConflict = 86;
    public const int UnsatisfiableWriteConcern = 100;
    public const int InvalidIndexSpecificationOption = 197;
    public const int TransactionTooOld = 225;
    public const int NotImplemented = 238;
    public const int UnsupportedOpQueryCommand = 352;
    public const int BsonObjectTooLarge = 10334;
    public const int DuplicateKey = 11000;
    public const int UnknownField = 40415;

    private static readonly Dictionary<int, string> Names = new()
    {
        [BadValue] = "BadValue",
        [FailedToParse] = "FailedToParse",
        [13] = "Unauthorized",
        [TypeMismatch] = "TypeMismatch",
        [18] = "AuthenticationFailed",
        [IllegalOperation] = "IllegalOperation",
        [NamespaceNotFound] = "NamespaceNotFound",
        [ConflictingUpdateOperators] = "ConflictingUpdateOperators",
        [CursorNotFound] = "CursorNotFound",
        [50] = "MaxTimeMSExpired",
        [CommandNotFound] = "CommandNotFound",
        [ImmutableField] = "ImmutableField",
        [CannotCreateIndex] = "CannotCreateIndex",
        [InvalidOptions] = "InvalidOptions",
        [InvalidNamespace] = "InvalidNamespace",
        [IndexOptionsConflict] = "IndexOptionsConflict",
        [IndexKeySpecsConflict] = "IndexKeySpecsConflict",
        [91] = "ShutdownInProgress",
        [UnsatisfiableWriteConcern] = "UnsatisfiableWriteConcern",
        [189] = "PrimarySteppedDown",
        [InvalidIndexSpecificationOption] = "InvalidIndexSpecificationOption",
        [TransactionTooOld] = "TransactionTooOld",
        [NotImplemented] = "NotImplemented",
        [UnsupportedOpQueryCommand] = "UnsupportedOpQueryCommand",
        [10107] = "NotWritablePrimary",
        [BsonObjectTooLarge] = "BSONObjectTooLarge",
        [DuplicateKey] = "DuplicateKey",
        [11600] = "InterruptedAtShutdown",
        [11602] = "InterruptedDueToReplStateChange",
        [13435] = "NotPrimaryNoSecondaryOk",
        [13436] = "NotPrimaryOrSecondary",
        [UnknownField] = "Location40415",
    };

    // From the specification of retryable writes.
    private static readonly HashSet<int> Retryable = [6, 7, 89, 91, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436];

    public static string NameOf(int code) => Names.GetValueOrDefault(code, $"Location{code}");

    public static bool IsRetryable(int code) => Retryable.Contains(code);
}
