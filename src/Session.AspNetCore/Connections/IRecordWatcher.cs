namespace ServerSessions;

/// <summary>Is told which sessions this process has ended or given a new id. Must neither block nor throw.</summary>
internal interface IRecordWatcher
{
    /// <summary>Called after the record of a key was removed.</summary>
    void OnRemoved(string key);

    /// <summary>Called after a session was moved to another key.</summary>
    void OnMoved(string from, string to);
}
