using System.Globalization;
using System.Runtime.InteropServices;

namespace ServerSessions.Payload;

/// <summary>
/// The members of one session object in JavaScript's order, found by name. A few are compared one by one. For more there is a dictionary of
/// names, so the cost of a call does not grow with their number. A removed member leaves an empty slot, and a new array index waits at the
/// end, until the next enumeration orders them.
/// </summary>
internal sealed class SessionMembers
{
    // Up to this number, comparing names costs less than a dictionary of decoded names.
    private const int Few = 24;

    // Names up to this length are encoded on the stack.
    private const int StackNameLength = 128;

    private readonly List<SessionMember> _slots;
    private Dictionary<string, int>? _places;
    private List<(uint Index, int Slot)>? _late;
    private int _removed;

    /// <summary>Takes ownership of a list. A name that occurs twice keeps its first place and its last value, as in JavaScript.</summary>
    public SessionMembers(List<SessionMember> members)
    {
        _slots = members;
        if (members.Count > Few)
        {
            _places = KeepLastOfMany(members);
        }
        else
        {
            KeepLastOfFew(members);
        }
    }

    private SessionMembers(SessionMembers other)
    {
        _slots = [.. other._slots];
        _places = other._places is { } places ? new(places, places.Comparer) : null;
        _late = other._late is { } late ? [.. late] : null;
        _removed = other._removed;
    }

    public int Count => _slots.Count - _removed;

    /// <summary>Returns all members in their order. Valid until the next change.</summary>
    public ReadOnlySpan<SessionMember> InOrder()
    {
        PutInOrder();
        return CollectionsMarshal.AsSpan(_slots);
    }

    public SessionMembers Clone() => new(this);

    public SessionMember? Find(string name) => SlotOf(name) is >= 0 and var slot ? _slots[slot] : null;

    /// <summary>Sets a member. An existing one keeps its place; a new one goes to the end, or among the array indices in front.</summary>
    public void Set(string name, ReadOnlyMemory<byte> value)
    {
        var slot = SlotOf(name);
        if (slot >= 0)
        {
            _slots[slot] = _slots[slot].WithValue(value);
            return;
        }

        var member = new SessionMember(JsonText.Escape(name), value);
        var isIndex = IsArrayIndex(name, out var index);
        if (_places is null && _slots.Count < Few)
        {
            _slots.Insert(isIndex ? PlaceOf(index) : _slots.Count, member);
            return;
        }

        _places ??= KeepLastOfMany(_slots);
        _places.Add(name, _slots.Count);
        if (isIndex)
        {
            (_late ??= []).Add((index, _slots.Count));
        }

        _slots.Add(member);
    }

    public bool Remove(string name)
    {
        var slot = SlotOf(name);
        if (slot < 0)
        {
            return false;
        }

        if (_places is null)
        {
            _slots.RemoveAt(slot);
            return true;
        }

        _places.Remove(name);
        _slots[slot] = default;
        if (++_removed > _slots.Count / 2)
        {
            PutInOrder();
        }

        return true;
    }

    private static void KeepLastOfFew(List<SessionMember> members)
    {
        for (var later = 1; later < members.Count; later++)
        {
            for (var earlier = 0; earlier < later; earlier++)
            {
                if (members[earlier].HasSameName(members[later]))
                {
                    members[earlier] = members[earlier].WithValue(members[later].Value);
                    members.RemoveAt(later--);
                    break;
                }
            }
        }
    }

    private static Dictionary<string, int> KeepLastOfMany(List<SessionMember> members)
    {
        var places = new Dictionary<string, int>(members.Count, StringComparer.Ordinal);
        var kept = 0;
        foreach (var member in CollectionsMarshal.AsSpan(members))
        {
            if (places.TryAdd(member.DecodeName(), kept))
            {
                members[kept++] = member;
            }
            else
            {
                var place = places[member.DecodeName()];
                members[place] = members[place].WithValue(member.Value);
            }
        }

        members.RemoveRange(kept, members.Count - kept);
        return places;
    }

    /// <summary>Whether a name is a decimal number below 2^32 - 1 without leading zeros.</summary>
    private static bool IsArrayIndex(string name, out uint index) =>
        uint.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out index)
        && index < uint.MaxValue
        && (name[0] != '0' || name.Length == 1);

    /// <summary>Returns the place of a new array index among a few members.</summary>
    private int PlaceOf(uint index)
    {
        var place = 0;
        while (place < _slots.Count && IsArrayIndex(_slots[place].DecodeName(), out var other) && other < index)
        {
            place++;
        }

        return place;
    }

    private int SlotOf(string name)
    {
        if (_places is not null)
        {
            return _places.TryGetValue(name, out var place) ? place : -1;
        }

        Span<byte> buffer = name.Length <= StackNameLength ? stackalloc byte[name.Length * 3] : new byte[name.Length * 3];
        var utf8 = SessionMember.EncodeName(name, buffer);
        for (var slot = 0; slot < _slots.Count; slot++)
        {
            if (_slots[slot].IsNamed(name, utf8))
            {
                return slot;
            }
        }

        return -1;
    }

    /// <summary>Closes the empty slots, and moves each new array index to the front, before the first index that is greater.</summary>
    private void PutInOrder()
    {
        if (_removed == 0 && _late is null)
        {
            return;
        }

        var late = TakeLate();
        var nextLate = 0;
        var isFront = true;
        var moved = new int[_slots.Count];
        var ordered = new List<SessionMember>(Count);
        for (var slot = 0; slot < _slots.Count; slot++)
        {
            if (_slots[slot].IsEmpty)
            {
                continue;
            }

            var most = uint.MaxValue;
            isFront = isFront && IsArrayIndex(_slots[slot].DecodeName(), out most);
            while (nextLate < late.Count && (!isFront || late[nextLate].Index < most))
            {
                Append(late[nextLate].Member, late[nextLate++].Slot);
            }

            Append(_slots[slot], slot);
        }

        while (nextLate < late.Count)
        {
            Append(late[nextLate].Member, late[nextLate++].Slot);
        }

        foreach (var name in _places!.Keys)
        {
            ref var place = ref CollectionsMarshal.GetValueRefOrNullRef(_places, name);
            place = moved[place];
        }

        _slots.Clear();
        _slots.AddRange(ordered);
        (_late, _removed) = (null, 0);

        void Append(in SessionMember member, int from)
        {
            moved[from] = ordered.Count;
            ordered.Add(member);
        }
    }

    /// <summary>Takes the array indices that wait at the end out of their slots, in ascending order.</summary>
    private List<(uint Index, int Slot, SessionMember Member)> TakeLate()
    {
        var late = new List<(uint Index, int Slot, SessionMember Member)>(_late?.Count ?? 0);
        foreach (var (index, slot) in _late ?? [])
        {
            if (!_slots[slot].IsEmpty)
            {
                late.Add((index, slot, _slots[slot]));
                _slots[slot] = default;
            }
        }

        late.Sort(static (one, other) => one.Index.CompareTo(other.Index));
        return late;
    }
}
