using System.Net.Sockets;
using MongoDB.Bson;
using ServerSessions.Testing.MongoServer.Commands;

namespace ServerSessions.Testing.MongoServer.Wire;

/// <summary>One client's connection: its commands one after the other, each with the fault that is planned for it.</summary>
internal sealed class ClientConnection(Socket socket, CommandDispatcher dispatcher, FaultPlan faults)
{
    public async Task RunAsync(CancellationToken stopping)
    {
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        try
        {
            while (await WireMessage.ReadAsync(stream, stopping) is { } message)
            {
                var reply = await AnswerAsync(message, stopping);
                if (reply is null)
                {
                    return;
                }

                if (!message.WantsNoReply)
                {
                    await stream.WriteAsync(message.Reply(reply), stopping);
                }
            }
        }
        catch (Exception error)
            when (error is IOException or SocketException or OperationCanceledException or WireFormatException or FormatException)
        {
            // The client went away, spoke something else, or the server stops.
        }
    }

    /// <returns>Nothing where the connection is to be closed.</returns>
    private async Task<BsonDocument?> AnswerAsync(WireMessage message, CancellationToken stopping)
    {
        switch (faults.Take(message.Command.GetElement(0).Name))
        {
            case Fault.Close close:
                if (close.Executed)
                {
                    dispatcher.Execute(message);
                }

                return null;
            case Fault.Delay delay:
                await Task.Delay(delay.Time, stopping);
                return dispatcher.Execute(message);
            case Fault.Failure failure:
                return dispatcher.Fail(message, new CommandException(failure.Code, failure.Message));
            case Fault.Answer answer:
                return dispatcher.Record(message, answer.Document);
            case Fault.Addition addition:
                return dispatcher.Execute(message).Merge(addition.Document);
            default:
                return dispatcher.Execute(message);
        }
    }
}
