namespace ServerSessions.Testing.MongoServer.Commands;

/// <summary>A command fails with a code of mongod's.</summary>
internal sealed class CommandException(int code, string message) : Exception(message)
{
    public int Code { get; } = code;

    /// <summary>What mongod can do and this server cannot. Never passed over in silence.</summary>
    public static CommandException NotImplemented(string what) =>
        new(ErrorCode.NotImplemented, $"The MongoDB server for tests does not implement {what}.");
}
