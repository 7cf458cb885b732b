const query = new URLSearchParams(location.search)

export const gateway = query.get('gateway') ?? ''
export const page = query.get('page')
