namespace ServerSessions;

/// <summary>
/// The object that requests begin with since secrets or keys were last reloaded, for those that began with an earlier one.
/// </summary>
internal sealed class Latest<T>
    where T : class
{
    private volatile T? _value;

    /// <summary>The object; <see langword="null"/> if none was published yet.</summary>
    public T? Value => _value;

    public void Publish(T value) => _value = value;

    /// <summary>Returns the latest object if it is not this one.</summary>
    public T? Other(T own) => ReferenceEquals(_value, own) ? null : _value;
}
