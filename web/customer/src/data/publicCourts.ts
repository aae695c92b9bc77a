/** What strangers are shown beside single courts: a club, and the courts around a place (FIND-60, FIND-61). */
import { answer } from '@courtside/api';
import { useApi, useLanguage } from '@courtside/ui';
import { keepPreviousData, useQuery } from '@tanstack/react-query';

export function useClub(clubId: string) {
  const api = useApi();
  return useQuery({
    queryKey: ['public', 'clubs', clubId],
    queryFn: ({ signal }) =>
      answer(api.GET('/api/public/clubs/{clubId}', { params: { path: { clubId } }, signal })),
  });
}

export function useCourtsAround(place: { latitude: number; longitude: number }) {
  const api = useApi();
  // Names come in the reader's language.
  const language = useLanguage();
  const { latitude, longitude } = place;
  return useQuery({
    queryKey: ['public', 'around', latitude, longitude, language],
    queryFn: ({ signal }) =>
      answer(api.GET('/api/public/courts', { params: { query: { latitude, longitude } }, signal })),
    placeholderData: keepPreviousData,
  });
}
